module example.com/loop

go 1.24

require google.golang.org/grpc v1.75.0

replace google.golang.org/grpc => ../../../testdata/fakes/grpc
