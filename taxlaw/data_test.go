package taxlaw

import "testing"

// TestADraftSaysSo: of the law and of the town, in both languages, and each figure
// that is only carried over is not certain.
func TestADraftSaysSo(t *testing.T) {
	l, here := law(t, "2027-draft"), town(t, "2027")
	if l.Draft["ro"] == "" || l.Draft["en"] == "" || here.Draft["ro"] == "" || law(t, "2026").Draft != nil {
		t.Errorf("the law says %q, the town %q", l.Draft, here.Draft)
	}
	for name, figure := range here.Rates {
		if figure.Sure || figure.Why["ro"] == "" {
			t.Errorf("the rate %s is certain", name)
		}
	}
	if l.Building.Rates["legalResidential"].Sure { // CF art. 460 (1) is repealed
		t.Error("the rate of legal persons' homes is certain")
	}
	_, x := computed(t, New(l, here), Object{Kind: Building, Owner: Legal, Use: Residential, Value: dec("100000"), ValueYear: 2026})
	if x.Draft["ro"] == "" {
		t.Error("the explanation does not say that it is a draft")
	}
}

// TestEverythingSaysWhereItIsFrom: no state of the law has a figure without an
// article, and each step has one.
func TestEverythingSaysWhereItIsFrom(t *testing.T) {
	words := texts(t)
	for _, state := range States() {
		l := law(t, state)
		for key, cite := range l.Articles {
			if cite.Article == "" {
				t.Errorf("%s: step %s has no article", state, key)
			}
			if !words.Has("taxlaw." + key + "-body") {
				t.Errorf("%s: there is no step %s", state, key)
			}
		}
	}
}
