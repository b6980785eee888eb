package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	catalogv1 "example.com/shop/contracts/gen/catalog/v1"
	ordersv1 "example.com/shop/contracts/gen/orders/v1"
	shippingv1 "example.com/shop/contracts/gen/shipping/v1"
	"example.com/shop/gateway/internal/returns"
)

func (a *API) listProducts(w http.ResponseWriter, r *http.Request) {
	res, err := a.Catalog.ListProducts(r.Context(), &catalogv1.ListProductsRequest{AfterSku: r.URL.Query().Get("after")})
	reply(w, r, res.GetProducts(), err)
}

func (a *API) getProduct(w http.ResponseWriter, r *http.Request) {
	p, err := a.Catalog.GetProduct(r.Context(), &catalogv1.GetProductRequest{Sku: chi.URLParam(r, "sku")})
	reply(w, r, p, err)
}

func (a *API) checkout(w http.ResponseWriter, r *http.Request) {
	var basket struct {
		CustomerID string           `json:"customer_id"`
		Email      string           `json:"email"`
		Address    string           `json:"address"`
		Lines      []*ordersv1.Line `json:"lines"`
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		http.Error(w, "header Idempotency-Key is missing", http.StatusBadRequest)
		return
	}
	if !decode(w, r, &basket) {
		return
	}
	order, err := a.Orders.PlaceOrder(r.Context(), &ordersv1.PlaceOrderRequest{
		IdempotencyKey: key,
		CustomerId:     basket.CustomerID,
		Email:          basket.Email,
		Address:        basket.Address,
		Lines:          basket.Lines,
	})
	reply(w, r, order, err)
}

type orderLine struct {
	SKU       string `json:"sku"`
	Name      string `json:"name"`
	Quantity  int32  `json:"quantity"`
	UnitCents int64  `json:"unit_cents"`
}

type orderPage struct {
	ID         string      `json:"id"`
	Status     string      `json:"status"`
	TotalCents int64       `json:"total_cents"`
	Lines      []orderLine `json:"lines"`
}

func (a *API) getOrder(w http.ResponseWriter, r *http.Request) {
	order, err := a.Orders.GetOrder(r.Context(), &ordersv1.GetOrderRequest{Id: chi.URLParam(r, "id")})
	if err != nil {
		reply(w, r, nil, err)
		return
	}
	page := orderPage{ID: order.GetId(), Status: order.GetStatus(), TotalCents: order.GetTotalCents()}
	for _, l := range order.GetLines() {
		p, err := a.Catalog.GetProduct(r.Context(), &catalogv1.GetProductRequest{Sku: l.GetSku()})
		if err != nil {
			reply(w, r, nil, err)
			return
		}
		page.Lines = append(page.Lines, orderLine{
			SKU: l.GetSku(), Name: p.GetName(), Quantity: l.GetQuantity(), UnitCents: l.GetUnitPriceCents(),
		})
	}
	reply(w, r, page, nil)
}

func (a *API) trackOrder(w http.ResponseWriter, r *http.Request) {
	s, err := a.Shipping.Track(r.Context(), &shippingv1.TrackRequest{OrderId: chi.URLParam(r, "id")})
	reply(w, r, s, err)
}

func (a *API) createReturn(w http.ResponseWriter, r *http.Request) {
	var in returns.Request
	if !decode(w, r, &in) {
		return
	}
	receipt, err := a.Returns.Create(r.Context(), chi.URLParam(r, "id"), in)
	reply(w, r, receipt, err)
}
