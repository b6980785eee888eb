// Package kafka stands in for the Kafka client.
package kafka

import "context"

type Message struct {
	Topic      string
	Key, Value []byte
	Headers    []Header
}

type Header struct {
	Key   string
	Value []byte
}

type ReaderConfig struct {
	Brokers []string
	GroupID string
	Topic   string
}

type Reader struct{ config ReaderConfig }

func NewReader(config ReaderConfig) *Reader { return &Reader{config} }

func (r *Reader) ReadMessage(ctx context.Context) (Message, error)          { return Message{}, nil }
func (r *Reader) FetchMessage(ctx context.Context) (Message, error)         { return Message{}, nil }
func (r *Reader) CommitMessages(ctx context.Context, msgs ...Message) error { return nil }
func (r *Reader) Close() error                                              { return nil }

type Balancer interface {
	Balance(msg Message, partitions ...int) int
}

type Hash struct{}

func (*Hash) Balance(msg Message, partitions ...int) int { return 0 }

type Addr interface {
	Network() string
	String() string
}

type addr struct{ s string }

func (a addr) Network() string { return "tcp" }
func (a addr) String() string  { return a.s }

func TCP(address ...string) Addr { return addr{} }

type Writer struct {
	Addr     Addr
	Topic    string
	Balancer Balancer
}

func (w *Writer) WriteMessages(ctx context.Context, msgs ...Message) error { return nil }
func (w *Writer) Close() error                                             { return nil }
