module example.com/dark

go 1.24
