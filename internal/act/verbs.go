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
	ProposeCase  Verb = "cases.propose"  // decide, as the clerk in charge
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
	ManageStaff:  {Any: []Role{Admin}},
	KeepTokens:   {Self: true},

	ReadFolder:     {Owner: true},
	AddDocument:    {Owner: true, Visitor: true, Any: []Role{Desk}},
	RemoveDocument: {Owner: true, Visitor: true},
	OpenDocument:   {Owner: true, Visitor: true, Unit: []Role{Clerk, Head, Signatory}, Opening: true},
	CertifyCopy:    {Unit: []Role{Clerk}, Any: []Role{Desk}, Opening: true},
	IssueDocument:  {Unit: []Role{Clerk, Signatory}, Any: []Role{System}},
	GiveConsent:    {Owner: true},
	ReadHistory:    {Owner: true},
	ExportFolder:   {Owner: true, Level: Light},
	RemindExpiry:   {Any: []Role{System}},
	TidyFolder:     {Any: []Role{System}},

	BeginDraft:   {Owner: true, Visitor: true},
	ReadDraft:    {Owner: true, Visitor: true},
	KeepDraft:    {Owner: true, Visitor: true},
	ClaimDraft:   {Self: true},
	DiscardDraft: {Owner: true, Visitor: true},
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
	ProposeCase:  {Unit: []Role{Clerk}},
	SignCase:     {Unit: []Role{Signatory}},
	ReturnCase:   {Unit: []Role{Signatory}},
	LapseCase:    {Any: []Role{System}},
	RemindCase:   {Any: []Role{System}},
	SettleCase:   {Any: []Role{System}},

	ReadPayments:  {Owner: true},
	Pay:           {Owner: true},
	SettlePayment: {Any: []Role{System}},
	Reconcile:     {Any: []Role{System}},

	ReadNotices:   {Owner: true},
	KeepWishes:    {Self: true},
	DeliverNotice: {Any: []Role{System}},
}
