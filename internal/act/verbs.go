package act

// Everything that is done at the town hall, and who may do it. A jurist can
// read this table; nothing else decides. Verbs are grouped by room.

// The portal.
const (
	ReadPublic Verb = "portal.read"  // a page for everybody
	WatchTown  Verb = "portal.watch" // how the program is doing: queues, failures
	ReadActs   Verb = "portal.acts"  // the register of acts, as the data protection officer
	SeedTown   Verb = "portal.seed"  // make the demonstration town
	ReadDesk   Verb = "portal.desk"  // the desk itself, without anybody's data
)

// Identity.
const (
	AskCode      Verb = "identity.ask-code"      // have a code sent to an e-mail address
	SignIn       Verb = "identity.sign-in"       // prove who one is
	OpenAccount  Verb = "identity.open-account"  // get an account with an e-mail address
	SignOut      Verb = "identity.sign-out"      // end one's own signed-in browsers
	KeepProfile  Verb = "identity.profile"       // read and change one's own contact data
	SwitchFolder Verb = "identity.switch"        // choose for whom one acts
	GiveMandate  Verb = "identity.give-mandate"  // let somebody act for one
	TakeMandate  Verb = "identity.take-mandate"  // take up one that waited for one's e-mail address
	EndMandate   Verb = "identity.end-mandate"   // end that, from either side
	EnterMandate Verb = "identity.enter-mandate" // enter or end it at the desk, having seen the proof
	ReadMandates Verb = "identity.mandates"      // see who acts for whom
	FindParty    Verb = "identity.find"          // look a person up at the desk
	EnrolParty   Verb = "identity.enrol"         // enter a person or firm at the desk
	VerifyParty  Verb = "identity.verify"        // having seen the identity document
	PrintCode    Verb = "identity.print-code"    // put a whole CNP or CUI on an official paper
	ManageStaff  Verb = "identity.staff"         // give officials their roles
	KeepTokens   Verb = "identity.tokens"        // make and end access tokens
)

// The folder.
const (
	ReadFolder     Verb = "folder.read"    // see one's folder
	AddDocument    Verb = "folder.add"     // put a document in it
	RemoveDocument Verb = "folder.remove"  // take one's own upload out of it
	OpenDocument   Verb = "folder.open"    // see the pages of a document
	CertifyCopy    Verb = "folder.certify" // confirm having seen the original
	IssueDocument  Verb = "folder.issue"   // put a document of the town in a folder
	GiveConsent    Verb = "folder.consent" // let a case use a document
	ReadHistory    Verb = "folder.history" // see who has seen one's data
	ExportFolder   Verb = "folder.export"  // take everything along
	RemindExpiry   Verb = "folder.remind"  // say that a document expires
	TidyFolder     Verb = "folder.tidy"    // pack a copy that was asked for, remove what is over
)

// Drafts.
const (
	BeginDraft   Verb = "drafts.begin"   // start an application
	ReadDraft    Verb = "drafts.read"    // see it again
	KeepDraft    Verb = "drafts.keep"    // save answers and files
	ClaimDraft   Verb = "drafts.claim"   // take over what one began before signing in
	DiscardDraft Verb = "drafts.discard" // throw it away, for 30 days
	RestoreDraft Verb = "drafts.restore" // take it out of the bin
	ExpireDraft  Verb = "drafts.expire"  // warn of, bin and remove forgotten drafts
)

// Cases.
const (
	FileCase     Verb = "cases.file"     // send an application
	AssistCase   Verb = "cases.assist"   // send it for somebody at the counter
	ReadCase     Verb = "cases.read"     // follow one's case
	WriteMessage Verb = "cases.write"    // write to the clerk
	AnswerAsked  Verb = "cases.answer"   // send what the clerk asked for
	WithdrawCase Verb = "cases.withdraw" // renounce it
	OpenCase     Verb = "cases.open"     // see a case as an official
	ClaimCase    Verb = "cases.claim"    // take it, or give it back
	RouteCase    Verb = "cases.route"    // send it to another department
	NoteCase     Verb = "cases.note"     // write an internal note
	ReplyMessage Verb = "cases.reply"    // write to the resident
	AskMissing   Verb = "cases.ask"      // ask for what is missing; the clock stops
	ExtendTerm   Verb = "cases.extend"   // prolong the term where the law lets one
	ProposeCase  Verb = "cases.propose"  // decide, as the official in charge
	SignCase     Verb = "cases.sign"     // sign the decision as the second person
	ReturnCase   Verb = "cases.return"   // send a proposal back to the clerk
	LapseCase    Verb = "cases.lapse"    // the term or the pause has run out
	RemindCase   Verb = "cases.remind"   // say that it soon will
	SettleCase   Verb = "cases.settle"   // the fee has arrived
)

// Payments.
const (
	ReadPayments  Verb = "payments.read"      // see what one has to pay and has paid
	Pay           Verb = "payments.pay"       // go to the bank
	SettlePayment Verb = "payments.settle"    // the bank has answered
	Reconcile     Verb = "payments.reconcile" // compare the ledger with the bank's statement
)

// The ledger. The unit is that of local taxes.
const (
	ReadLedger      Verb = "ledger.read"        // see what one owes and has paid
	OpenLedger      Verb = "ledger.open"        // see that of somebody, as an official
	ApproveRefund   Verb = "ledger.refund"      // give back what was paid too much
	CompensateDebts Verb = "ledger.compensate"  // settle debts out of that
	ReversePayment  Verb = "ledger.reverse"     // take back a payment that was none
	WriteOff        Verb = "ledger.write-off"   // give up a debt
	FixSurcharge    Verb = "ledger.fix"         // decide how much late surcharge is owed
	GrantPlan       Verb = "ledger.plan"        // let somebody pay in instalments, or later
	ReadCollections Verb = "ledger.collections" // see what came in each day, nobody's in particular
)

// Taxes. The unit is that of local taxes.
const (
	ReadTaxes      Verb = "taxes.read"        // see what one owns, what it costs and why
	OpenTaxes      Verb = "taxes.open"        // see that of somebody, as an official
	ChangeRegister Verb = "taxes.change"      // enter what somebody has acquired, changed or sold
	AssessTaxes    Verb = "taxes.assess"      // work out what is owed for a year
	DecideTaxes    Verb = "taxes.decide"      // issue the tax decision
	NoteDelivery   Verb = "taxes.deliver"     // note that it has reached its addressee
	CloseSeason    Verb = "taxes.close"       // stop payments for a time, or let them go on
	Certify        Verb = "taxes.certificate" // have the certificate of tax status issued
	ImportRegister Verb = "taxes.import"      // read the register of another program
	PublishImport  Verb = "taxes.publish"     // let that count, as the second person
	RevertImport   Verb = "taxes.revert"      // undo it
	ReadRuns       Verb = "taxes.runs"        // see assessments and imports, nobody's in particular
)

// Reminders.
const (
	RemindDebt Verb = "reminders.send" // say by when something has to be paid, or that it was not
)

// The fiscal officers. The unit is that of local taxes.
const (
	FindTaxpayer    Verb = "fiscal.find"    // look a taxpayer up
	NoteTaxpayer    Verb = "fiscal.note"    // write a note in somebody's file
	ProposeDebt     Verb = "fiscal.propose" // prepare a decision about somebody's debts or payments
	ApproveDebt     Verb = "fiscal.approve" // approve or refuse that, as the second person
	TakeMoney       Verb = "fiscal.take"    // take money at the cash desk
	CloseTill       Verb = "fiscal.close"   // count the money of a day, and hand it over
	ImportPayments  Verb = "fiscal.import"  // enter the payments of a statement
	AssignPayment   Verb = "fiscal.assign"  // say whose a payment is, or that it is nobody's
	ReadPaymentDesk Verb = "fiscal.read"    // see takings, statements and differences, nobody's account in particular
	ExplainGap      Verb = "fiscal.explain" // say why the ledger and a statement differ
)

// Notices.
const (
	ReadNotices   Verb = "notices.read"    // one's inbox
	KeepWishes    Verb = "notices.wishes"  // choose how to be told
	DeliverNotice Verb = "notices.deliver" // hand a message over
)

// policy says who may do what.
var policy = map[Verb]Rule{
	ReadPublic: {Public: true},
	WatchTown:  {Any: []Role{Admin}},
	ReadActs:   {Any: []Role{Officer}},
	SeedTown:   {Any: []Role{System}},
	ReadDesk:   {Any: []Role{Clerk, Head, Signatory, Desk, Officer}},

	AskCode:      {Public: true},
	SignIn:       {Public: true},
	OpenAccount:  {Public: true},
	SignOut:      {Self: true},
	KeepProfile:  {Self: true},
	SwitchFolder: {Self: true},
	GiveMandate:  {Owner: true, Level: Verified},
	TakeMandate:  {Self: true},
	EndMandate:   {Owner: true},
	EnterMandate: {Any: []Role{Desk}},
	ReadMandates: {Owner: true},
	FindParty:    {Any: []Role{Desk}, Opening: true},
	EnrolParty:   {Any: []Role{Desk}},
	VerifyParty:  {Any: []Role{Desk}},
	PrintCode:    {Owner: true, Level: Verified, Unit: []Role{Clerk, Head, Desk}, Opening: true},
	ManageStaff:  {Any: []Role{Admin}},
	KeepTokens:   {Self: true},

	ReadFolder:     {Owner: true},
	AddDocument:    {Owner: true, Visitor: true, Any: []Role{Desk}},
	RemoveDocument: {Owner: true, Visitor: true, Counter: true},
	OpenDocument:   {Owner: true, Visitor: true, Unit: []Role{Clerk, Head, Signatory}, Counter: true, Opening: true}, // at the counter, what was brought there
	CertifyCopy:    {Unit: []Role{Clerk}, Any: []Role{Desk}, Opening: true},
	IssueDocument:  {Unit: []Role{Clerk, Signatory}, Any: []Role{System}},
	GiveConsent:    {Owner: true},
	ReadHistory:    {Owner: true},
	ExportFolder:   {Owner: true, Level: Light},
	RemindExpiry:   {Any: []Role{System}},
	TidyFolder:     {Any: []Role{System}},

	BeginDraft:   {Owner: true, Visitor: true, Counter: true, Opening: true}, // it is filled in with what is known of its owner
	ReadDraft:    {Owner: true, Visitor: true, Counter: true},
	KeepDraft:    {Owner: true, Visitor: true, Counter: true},
	ClaimDraft:   {Self: true},
	DiscardDraft: {Owner: true, Visitor: true, Counter: true},
	RestoreDraft: {Owner: true, Visitor: true},
	ExpireDraft:  {Any: []Role{System}},

	FileCase:     {Owner: true},
	AssistCase:   {Any: []Role{Desk}},
	ReadCase:     {Owner: true},
	WriteMessage: {Owner: true},
	AnswerAsked:  {Owner: true},
	WithdrawCase: {Owner: true},
	OpenCase:     {Unit: []Role{Clerk, Head, Signatory}, Opening: true},
	ClaimCase:    {Unit: []Role{Clerk, Head}},
	RouteCase:    {Unit: []Role{Clerk, Head}},
	NoteCase:     {Unit: []Role{Clerk, Head, Signatory}},
	ReplyMessage: {Unit: []Role{Clerk, Head}},
	AskMissing:   {Unit: []Role{Clerk}},
	ExtendTerm:   {Unit: []Role{Head}},
	ProposeCase:  {Unit: []Role{Clerk, Head}}, // never by whoever signs it then
	SignCase:     {Unit: []Role{Signatory}},
	ReturnCase:   {Unit: []Role{Signatory}},
	LapseCase:    {Any: []Role{System}},
	RemindCase:   {Any: []Role{System}},
	SettleCase:   {Any: []Role{System}},

	ReadPayments:  {Owner: true, Visitor: true}, // whoever has a payment code pays without an account (CPF art. 163 par. 9)
	Pay:           {Owner: true, Visitor: true},
	SettlePayment: {Any: []Role{System}},
	Reconcile:     {Any: []Role{System}},

	ReadLedger:      {Owner: true},
	OpenLedger:      {Unit: []Role{Clerk, Head, Signatory, Desk}, Opening: true},
	ApproveRefund:   {Unit: []Role{Head, Signatory}},
	CompensateDebts: {Unit: []Role{Clerk, Head}, Any: []Role{System}},
	ReversePayment:  {Unit: []Role{Head}, Any: []Role{System}},
	WriteOff:        {Unit: []Role{Signatory}},
	FixSurcharge:    {Unit: []Role{Clerk, Head}, Any: []Role{System}},
	GrantPlan:       {Unit: []Role{Signatory}},
	ReadCollections: {Unit: []Role{Clerk, Head, Signatory, Desk}},

	ReadTaxes:      {Owner: true},
	OpenTaxes:      {Unit: []Role{Clerk, Head, Signatory, Desk}, Opening: true},
	ChangeRegister: {Unit: []Role{Clerk, Head}, Any: []Role{System}},
	AssessTaxes:    {Unit: []Role{Clerk, Head}, Any: []Role{System}},
	DecideTaxes:    {Unit: []Role{Clerk, Head, Signatory}, Any: []Role{System}},
	NoteDelivery:   {Unit: []Role{Clerk, Head, Desk}, Any: []Role{System}},
	CloseSeason:    {Unit: []Role{Head, Signatory}},
	Certify:        {Owner: true, Level: Verified, Unit: []Role{Clerk, Head, Desk}},
	ImportRegister: {Unit: []Role{Clerk, Head}, Any: []Role{System}},
	PublishImport:  {Unit: []Role{Head, Signatory}},
	RevertImport:   {Unit: []Role{Head, Signatory}},
	ReadRuns:       {Unit: []Role{Clerk, Head, Signatory}},

	RemindDebt: {Any: []Role{System}},

	FindTaxpayer:    {Unit: []Role{Clerk, Head, Signatory, Desk}, Opening: true},
	NoteTaxpayer:    {Unit: []Role{Clerk, Head, Signatory}},
	ProposeDebt:     {Unit: []Role{Clerk, Head}},
	ApproveDebt:     {Unit: []Role{Head, Signatory}},
	TakeMoney:       {Unit: []Role{Clerk, Desk}},
	CloseTill:       {Unit: []Role{Clerk, Desk}},
	ImportPayments:  {Unit: []Role{Clerk, Head}},
	AssignPayment:   {Unit: []Role{Clerk, Head}},
	ReadPaymentDesk: {Unit: []Role{Clerk, Head, Signatory}},
	ExplainGap:      {Unit: []Role{Clerk, Head}},

	ReadNotices:   {Owner: true},
	KeepWishes:    {Self: true},
	DeliverNotice: {Any: []Role{System}},
}
