module example.com/together

go 1.24

require (
	github.com/lib/pq v1.10.9
	github.com/redis/go-redis/v9 v9.7.0
)

replace (
	github.com/lib/pq => ../../../testdata/fakes/pq
	github.com/redis/go-redis/v9 => ../../../testdata/fakes/go-redis
)
