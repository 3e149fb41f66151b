package revenue

import (
	"time"

	"bega/intake"
	"bega/internal/jobs"
)

// buildIntake makes the office that takes in registers of other programs.
func (h *House) buildIntake() {
	h.Intake = &intake.Office{DB: h.DB, Acts: h.Acts, Now: h.Now, Vault: h.Vault, Blobs: h.Blobs, Roll: h.Roll, Official: h.Official, Scratch: h.Scratch}
	h.Intake.Reader = jobs.Handle(h.Queue, "intake_read", h.Intake.Read)
	h.Queue.Every("intake_resume", time.Minute, h.Intake.Resume)
	h.Queue.Every("intake_tidy", time.Hour, h.Intake.Tidy)
}
