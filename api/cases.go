package api

import (
	"context"
	"net/http"
	"time"

	"bega/cases"
	"bega/internal/act"
	"bega/procedures"
)

// A Case is an application that was registered.
type Case struct {
	ID      string     `json:"id"`
	Number  string     `json:"number" doc:"Registration number, final from the first second."`
	Service string     `json:"service"`
	Version int        `json:"version" doc:"Of the service."`
	State   string     `json:"state" doc:"As people see it." enum:"sent,checking,waiting,working,ready,rejected,withdrawn,closed"`
	Unit    string     `json:"unit"`
	Filed   time.Time  `json:"filed"`
	Due     string     `json:"due" doc:"Last day on which the answer is in time; the earliest possible while the clock is paused."`
	Running bool       `json:"running" doc:"The legal clock runs."`
	Fee     int64      `json:"feeBani"`
	PaidAt  *time.Time `json:"paidAt" doc:"When the fee was paid; null if it was not, or there is none."`
	Receipt string     `json:"receipt" doc:"Code of the proof of registration."`
	Page    string     `json:"page"`
}

func caseOf(c cases.Case) Case {
	out := Case{ID: c.ID, Number: c.Number.String(), Service: c.Service, Version: c.Version, State: c.State.Public(), Unit: c.Unit,
		Filed: c.Filed, Due: c.Due.String(), Running: c.Running, Fee: int64(c.Fee), Receipt: c.Receipt, Page: "/cereri/" + c.ID}
	if !c.PaidAt.IsZero() {
		out.PaidAt = &c.PaidAt
	}
	return out
}

// A CaseView is a case with all that belongs to it.
type CaseView struct {
	Case
	Answers   procedures.Answers `json:"answers"`
	Documents []Document         `json:"documents" doc:"That the case may use."`
	Messages  []Message          `json:"messages"`
	Asks      []Ask              `json:"asks" doc:"What the town hall asked for, the newest last."`
	Decision  string             `json:"decision" doc:"Code of the decision; empty until there is one."`
}

// A Message is a message of a case.
type Message struct {
	ID        string    `json:"id"`
	FromStaff bool      `json:"fromStaff"`
	At        time.Time `json:"at"`
	Text      string    `json:"text"`
	Documents []string  `json:"documents" doc:"IDs of attached documents."`
}

// An Ask is a request for what is missing.
type Ask struct {
	ID        string   `json:"id"`
	Text      string   `json:"text"`
	Until     string   `json:"until"`
	Fields    []string `json:"fields" doc:"Keys of fields to answer again."`
	Documents []string `json:"documents" doc:"Types of documents to send."`
	Open      bool     `json:"open"`
}

func viewOf(v cases.View) CaseView {
	out := CaseView{Case: caseOf(v.Case), Answers: v.Answers, Documents: []Document{}, Messages: []Message{}, Asks: []Ask{}}
	for _, d := range v.Documents {
		out.Documents = append(out.Documents, documentOf(d))
	}
	for _, m := range v.Messages {
		out.Messages = append(out.Messages, Message{m.ID, m.Staff, m.At, m.Text, m.Files})
	}
	for _, ask := range v.Asks {
		out.Asks = append(out.Asks, Ask{ask.ID, ask.Text, ask.Until.String(), ask.Fields, ask.Documents, ask.Open()})
	}
	if v.Proposal != nil {
		out.Decision = v.Proposal.Paper
	}
	return out
}

// OfCase is embedded in what names a case in the path.
type OfCase struct {
	ID string `path:"case"`
}

func (a *API) cases() {
	op(a, http.MethodGet, "/cases", "list-cases", "Applications that were registered", act.ReadCase, func(ctx context.Context, c caller, _ *nothing) (*list[Case], error) {
		found, err := a.Cases.Cases(ctx, c.Actor)
		var all []Case
		for _, one := range found {
			all = append(all, caseOf(one))
		}
		return listOf(all), err
	})
	op(a, http.MethodGet, "/cases/{case}", "get-case", "One case with all that belongs to it", act.ReadCase, func(ctx context.Context, c caller, in *OfCase) (*one[CaseView], error) {
		v, err := a.Cases.ByID(ctx, c.Actor, in.ID)
		if err != nil {
			return nil, err
		}
		return &one[CaseView]{viewOf(v)}, nil
	})
	type message struct {
		OfCase
		Keyed
		Body struct {
			Text      string   `json:"text" minLength:"1" maxLength:"10000"`
			Documents []string `json:"documents,omitempty" doc:"IDs of documents of the folder."`
		}
	}
	op(a, http.MethodPost, "/cases/{case}/messages", "write-message", "Write to the department", act.WriteMessage, func(ctx context.Context, c caller, in *message) (*nothing, error) {
		return &nothing{}, a.Cases.Write(ctx, c.Actor, in.Key, in.ID, in.Body.Text, in.Body.Documents)
	})
	type reply struct {
		OfCase
		Keyed
		Ask  string `path:"ask"`
		Body struct {
			Values    procedures.Values `json:"values,omitempty" doc:"The fields that were asked for."`
			Documents []string          `json:"documents,omitempty" doc:"IDs of documents of the folder."`
		}
	}
	op(a, http.MethodPost, "/cases/{case}/asks/{ask}", "answer-ask", "Send what was asked for", act.AnswerAsked, func(ctx context.Context, c caller, in *reply) (*nothing, error) {
		return &nothing{}, a.Cases.Reply(ctx, c.Actor, in.Key, in.ID, in.Ask, in.Body.Values, in.Body.Documents)
	})
	type withdraw struct {
		OfCase
		Keyed
		Body struct {
			Reason string `json:"reason,omitempty" maxLength:"2000"`
		}
	}
	op(a, http.MethodPost, "/cases/{case}/withdraw", "withdraw-case", "Renounce an application", act.WithdrawCase, func(ctx context.Context, c caller, in *withdraw) (*nothing, error) {
		return &nothing{}, a.Cases.Withdraw(ctx, c.Actor, in.Key, in.ID, in.Body.Reason)
	})
}
