module example.com/tests

go 1.24

require (
	github.com/lib/pq v1.10.9
	github.com/segmentio/kafka-go v0.4.49
)

replace (
	github.com/lib/pq => ../../../testdata/fakes/pq
	github.com/segmentio/kafka-go => ../../../testdata/fakes/kafka-go
)
