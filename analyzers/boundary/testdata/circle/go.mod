module example.com/circle

go 1.24
