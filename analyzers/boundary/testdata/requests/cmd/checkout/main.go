// Command checkout changes state in two services for one request: once with a way back, and twice without.
package main

import (
	"errors"
	"log"
	"net/http"
	"os"

	"example.com/requests/remote"
)

type charger interface {
	Charge(order string) error
	Refund(order string) error
}

type payments struct{ remote.Service }

func (p payments) Charge(order string) error { return p.Post("/charges") }
func (p payments) Refund(order string) error { return p.Post("/refunds") }

type shop struct {
	payments charger
	parcels  remote.Service
}

// place leaves the charge where it is when the parcel cannot be sent.
func (s shop) place(order string) error {
	if err := s.payments.Charge(order); err != nil { // want `POST /orders of checkout changes state in parcels and payments with nothing that undoes the first change`
		return err
	}
	return s.parcels.Post("/parcels")
}

// placeSafely takes the charge back.
func (s shop) placeSafely(order string) error {
	if err := s.payments.Charge(order); err != nil {
		return err
	}
	if err := s.parcels.Post("/parcels"); err != nil {
		return errors.Join(err, s.payments.Refund(order))
	}
	return nil
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

func main() {
	s := shop{payments{remote.Service{Address: os.Getenv("PAYMENTS_URL")}}, remote.Service{Address: os.Getenv("PARCELS_URL")}}
	http.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) { answer(w, s.place(r.FormValue("id"))) })
	http.HandleFunc("POST /safe-orders", func(w http.ResponseWriter, r *http.Request) { answer(w, s.placeSafely(r.FormValue("id"))) })
	// Either of the two is no transaction.
	http.HandleFunc("POST /orders/{id}/{step}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("step") == "charge" {
			answer(w, s.payments.Charge(r.PathValue("id")))
		} else {
			answer(w, s.parcels.Post("/parcels"))
		}
	})
	// Nor is one request whose address is either.
	http.HandleFunc("POST /hand-over", func(w http.ResponseWriter, r *http.Request) {
		address := os.Getenv("PAYMENTS_URL") + "/charges"
		if r.FormValue("parcel") != "" {
			address = os.Getenv("PARCELS_URL") + "/parcels"
		}
		resp, err := http.Post(address, "application/json", nil)
		if err == nil {
			err = resp.Body.Close()
		}
		answer(w, err)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
