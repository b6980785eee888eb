// Package api is the HTTP API of the shop, for the web shop and the back office.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	catalogv1 "example.com/shop/contracts/gen/catalog/v1"
	inventoryv1 "example.com/shop/contracts/gen/inventory/v1"
	ordersv1 "example.com/shop/contracts/gen/orders/v1"
	paymentsv1 "example.com/shop/contracts/gen/payments/v1"
	shippingv1 "example.com/shop/contracts/gen/shipping/v1"
	"example.com/shop/gateway/internal/returns"
)

type Returns interface {
	Create(ctx context.Context, orderID string, in returns.Request) (returns.Receipt, error)
}

// API holds the services behind the gateway.
type API struct {
	Catalog   catalogv1.CatalogServiceClient
	Inventory inventoryv1.InventoryServiceClient
	Orders    ordersv1.OrderServiceClient
	Payments  paymentsv1.PaymentServiceClient
	Shipping  shippingv1.ShippingServiceClient
	Returns   Returns

	AdminPassword string
}

func (a *API) Routes() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Recoverer, middleware.Timeout(5*time.Second))
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	r.Route("/api", func(r chi.Router) {
		r.Get("/products", a.listProducts)
		r.Get("/products/{sku}", a.getProduct)
		r.Post("/checkout", a.checkout)
		r.Route("/orders/{id}", func(r chi.Router) {
			r.Get("/", a.getOrder)
			r.Get("/tracking", a.trackOrder)
			r.Post("/returns", a.createReturn)
		})
	})
	r.Mount("/admin", a.admin())
	return r
}

func (a *API) admin() chi.Router {
	r := chi.NewRouter()
	r.Use(middleware.BasicAuth("shop", map[string]string{"admin": a.AdminPassword}))
	r.Get("/low-stock", a.lowStock)
	r.Put("/products/{sku}", a.putProduct)
	r.Post("/orders/{id}/refund", a.refundOrder)
	r.Post("/orders/{id}/dispatch", a.dispatchOrder)
	return r
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		http.Error(w, "bad request body", http.StatusBadRequest)
		return false
	}
	return true
}

func reply(w http.ResponseWriter, r *http.Request, body any, err error) {
	if err != nil {
		slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", err)
		http.Error(w, http.StatusText(httpStatus(err)), httpStatus(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func httpStatus(err error) int {
	switch status.Code(err) {
	case codes.NotFound:
		return http.StatusNotFound
	case codes.InvalidArgument:
		return http.StatusBadRequest
	case codes.FailedPrecondition:
		return http.StatusConflict
	case codes.DeadlineExceeded:
		return http.StatusGatewayTimeout
	default:
		return http.StatusBadGateway
	}
}
