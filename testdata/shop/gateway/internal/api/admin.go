package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	catalogv1 "example.com/shop/contracts/gen/catalog/v1"
	inventoryv1 "example.com/shop/contracts/gen/inventory/v1"
	paymentsv1 "example.com/shop/contracts/gen/payments/v1"
	shippingv1 "example.com/shop/contracts/gen/shipping/v1"
)

func (a *API) lowStock(w http.ResponseWriter, r *http.Request) {
	res, err := a.Inventory.LowStock(r.Context(), &inventoryv1.LowStockRequest{Threshold: 10})
	reply(w, r, res.GetItems(), err)
}

func (a *API) putProduct(w http.ResponseWriter, r *http.Request) {
	var in catalogv1.Product
	if !decode(w, r, &in) {
		return
	}
	in.Sku = chi.URLParam(r, "sku")
	p, err := a.Catalog.PutProduct(r.Context(), &catalogv1.PutProductRequest{Product: &in})
	reply(w, r, p, err)
}

func (a *API) refundOrder(w http.ResponseWriter, r *http.Request) {
	res, err := a.Payments.Refund(r.Context(), &paymentsv1.RefundRequest{OrderId: chi.URLParam(r, "id")})
	reply(w, r, res, err)
}

func (a *API) dispatchOrder(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Carrier string `json:"carrier"`
	}
	if !decode(w, r, &in) {
		return
	}
	s, err := a.Shipping.Dispatch(r.Context(), &shippingv1.DispatchRequest{OrderId: chi.URLParam(r, "id"), Carrier: in.Carrier})
	reply(w, r, s, err)
}
