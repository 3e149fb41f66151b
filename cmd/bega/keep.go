package main

import (
	"context"
	"fmt"
	"os"

	"bega/portal"
)

type backup struct {
	configured
	To string `arg:"" help:"Folder that is not there yet." type:"path"`
}

// Run implements the command.
func (c *backup) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	return town.Backup(ctx, c.To, os.Stderr)
}

type restore struct {
	configured
	From string `arg:"" help:"Folder of the backup." type:"existingdir"`
}

// Run implements the command.
func (c *restore) Run(ctx context.Context) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return portal.Restore(ctx, cfg, c.From, os.Stderr)
}

type staff struct {
	configured
	Email  string `arg:"" help:"E-mail address to sign in with, by a code."`
	Given  string `required:"" help:"First names."`
	Family string `required:"" help:"Family name."`
	CNP    string `required:"" help:"Personal number (CNP)." env:"BEGA_CNP"`
}

// Run implements the command.
func (c *staff) Run(ctx context.Context) error {
	town, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer town.Close()
	if err := town.FirstOfficial(ctx, c.Email, c.Given, c.Family, c.CNP); err != nil {
		return err
	}
	fmt.Println("done: they sign in with a code, and find /admin")
	return nil
}
