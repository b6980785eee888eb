// Package fees is the price list of the payment processor.
package fees

const (
	fixedCents     = 25
	perTenThousand = 140
)

// Of returns what the processor keeps of a charge.
func Of(amountCents int64) int64 {
	if amountCents == 0 {
		return 0
	}
	return fixedCents + (amountCents*perTenThousand+9_999)/10_000
}
