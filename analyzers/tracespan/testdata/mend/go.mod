module example.com/mend

go 1.24

require (
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.63.0
	go.opentelemetry.io/otel v1.38.0
)

replace (
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp => ../../../testdata/fakes/otelhttp
	go.opentelemetry.io/otel => ../../../testdata/fakes/otel
)
