// Package accounts shows an account.
package accounts

type asker interface{ Get(path string) error }

// Show asks three questions.
func Show(payments asker) error {
	limits := func() error { return payments.Get("/limits") }
	if err := payments.Get("/summary"); err != nil { // want `desk calls payments 3 times in a row for one GET /accounts/{id}`
		return err
	}
	if err := limits(); err != nil {
		return err
	}
	return payments.Get("/charges")
}

// ShowParts asks for what somebody wants to see, which is mostly one of three.
func ShowParts(payments asker, part string) {
	if part == "limits" {
		payments.Get("/limits")
	}
	if part == "charges" {
		payments.Get("/charges")
	}
	if part == "summary" {
		payments.Get("/summary")
	}
}
