// Package serve runs servers until the context ends, then lets the requests under way finish.
package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"
)

// grace is how long requests under way may take to finish.
const grace = 10 * time.Second

// HTTP serves h on addr.
func HTTP(ctx context.Context, addr string, h http.Handler) error {
	srv := &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
	}
	finished := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		finished <- srv.Shutdown(ctx)
	})
	defer stop()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("http server %s: %w", addr, err)
	}
	return <-finished
}

// GRPC serves s on addr.
func GRPC(ctx context.Context, addr string, s *grpc.Server) error {
	lis, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("grpc server: %w", err)
	}
	stop := context.AfterFunc(ctx, func() {
		hard := time.AfterFunc(grace, s.Stop)
		defer hard.Stop()
		s.GracefulStop()
	})
	defer stop()
	if err := s.Serve(lis); err != nil {
		return fmt.Errorf("grpc server %s: %w", addr, err)
	}
	return nil
}
