// Package mail writes to the customers.
package mail

import (
	"fmt"
	"net/smtp"
	"strings"
)

type SMTP struct {
	Addr string
	From string
}

func (s SMTP) Send(to, subject, body string) error {
	clean := strings.NewReplacer("\r", "", "\n", "")
	msg := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\n\r\n%s\r\n", s.From, clean.Replace(to), clean.Replace(subject), body)
	return smtp.SendMail(s.Addr, nil, s.From, []string{to}, []byte(msg))
}
