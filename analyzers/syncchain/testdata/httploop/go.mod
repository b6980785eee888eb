module example.com/httploop

go 1.24
