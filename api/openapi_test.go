package api_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bega/access"
	"bega/internal/act"
	"bega/internal/db"
	"bega/internal/db/dbtest"
)

// TestOpenAPI checks the structure of the document as OpenAPI 3.1 asks, and what we
// ask of ourselves: that every operation says what it takes, and everything has a
// name that a program can keep.
func TestOpenAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := openTown(t, d)
		if version := fmt.Sprint(o.doc["openapi"]); !strings.HasPrefix(version, "3.1.") {
			t.Errorf("it is OpenAPI %s", version)
		}
		info := o.doc["info"].(map[string]any)
		if info["title"] == "" || info["version"] == "" {
			t.Errorf("info = %v", info)
		}
		ids := map[any]bool{}
		for path, item := range o.paths() {
			for method, operation := range item.(map[string]any) {
				op := operation.(map[string]any)
				if ids[op["operationId"]] || !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(fmt.Sprint(op["operationId"])) {
					t.Errorf("%s %s: operationId %v", method, path, op["operationId"])
				}
				ids[op["operationId"]] = true
				o.checkOperation(t, method, path, op)
			}
		}
		for name := range o.doc["components"].(map[string]any)["schemas"].(map[string]any) {
			if _, err := o.checks.Compile("openapi.json#/components/schemas/" + pointer(name)); err != nil {
				t.Errorf("schema %s: %v", name, err)
			}
		}
		o.checkReferences(t, o.doc)
		o.checkRoutes(t)
	})
}

func (o *town) checkOperation(t *testing.T, method, path string, op map[string]any) {
	t.Helper()
	if op["summary"] == "" || len(op["tags"].([]any)) == 0 {
		t.Errorf("%s %s: no summary, or no tag", method, path)
	}
	declared := map[string]bool{}
	parameters, _ := op["parameters"].([]any)
	for _, one := range parameters {
		p := one.(map[string]any)
		if p["in"] == "path" {
			if declared[fmt.Sprint(p["name"])] = true; p["required"] != true {
				t.Errorf("%s %s: the part %v of the path is not required", method, path, p["name"])
			}
		}
		if p["schema"] == nil {
			t.Errorf("%s %s: parameter %v has no schema", method, path, p["name"])
		}
	}
	for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
		if !declared[name[1]] {
			t.Errorf("%s %s: the part %s of the path is no parameter", method, path, name[1])
		}
		delete(declared, name[1])
	}
	if len(declared) > 0 {
		t.Errorf("%s %s: the path has no %v", method, path, slices.Collect(maps.Keys(declared)))
	}
	responses := op["responses"].(map[string]any)
	if contentOf(responses["default"].(map[string]any))["application/problem+json"] == nil {
		t.Errorf("%s %s: it does not say what errors look like", method, path)
	}
	security, _ := op["security"].([]any)
	for _, one := range security {
		for _, scope := range one.(map[string]any)["token"].([]any) {
			if !slices.Contains(access.Scopes(), act.Verb(scope.(string))) {
				t.Errorf("%s %s: no key can have the scope %v", method, path, scope)
			}
		}
	}
}

// checkReferences follows every $ref.
func (o *town) checkReferences(t *testing.T, at any) {
	t.Helper()
	switch v := at.(type) {
	case []any:
		for _, one := range v {
			o.checkReferences(t, one)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			var to any = o.doc
			for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
				inside, _ := to.(map[string]any)
				to = inside[part]
			}
			if to == nil {
				t.Errorf("%s leads nowhere", ref)
			}
		}
		for _, one := range v {
			o.checkReferences(t, one)
		}
	}
}

// checkRoutes compares the document with the addresses that the portal answers.
func (o *town) checkRoutes(t *testing.T) {
	t.Helper()
	routes := map[string]bool{}
	for _, route := range o.Routes() {
		if method, path, _ := strings.Cut(route.Pattern, " "); strings.HasPrefix(path, "/api/") && !strings.HasSuffix(path, "openapi.json") {
			routes[path+" "+strings.ToLower(method)] = true
		}
	}
	for path, item := range o.paths() {
		for method := range item.(map[string]any) {
			if !routes[path+" "+method] {
				t.Errorf("%s %s is described, and not among the routes", method, path)
			}
			delete(routes, path+" "+method)
		}
	}
	for route := range routes {
		t.Errorf("%s is a route, and not described", route)
	}
}

// TestDocumentation: docs/api.md names every scope.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../docs/api.md")
	must(t, err)
	for _, scope := range access.Scopes() {
		if !strings.Contains(string(text), "`"+string(scope)+"`") {
			t.Errorf("docs/api.md does not say what %s is for", scope)
		}
	}
}
