// Package catalogpb is the contract of the catalog service: its messages.
package catalogpb

type GetProductRequest struct{ Id string }

type BatchGetProductsRequest struct{ Ids []string }

type Product struct{ Id, Name string }

type Products struct{ Products []*Product }
