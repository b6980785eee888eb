module example.com/lost

go 1.24

require (
	github.com/segmentio/kafka-go v0.4.50
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.63.0
	go.opentelemetry.io/otel v1.38.0
)

replace (
	github.com/segmentio/kafka-go => ../../../testdata/fakes/kafka-go
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp => ../../../testdata/fakes/otelhttp
	go.opentelemetry.io/otel => ../../../testdata/fakes/otel
)
