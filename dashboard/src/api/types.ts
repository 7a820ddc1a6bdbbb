/**
 * Names for the API's forms. They come from the document, except three that it calls "any object": rules, graphs and
 * what the sandbox and health answer. Instants are whole milliseconds since 1970.
 */
import type { components } from "./schema";

type Forms = components["schemas"];

export type Page<T> = { items: T[]; next: string | null };

export type App = Forms["App"];
export type Key = Forms["Key"];
export type NewKey = Forms["NewKey"];
export type IdentitySecret = Forms["IdentitySecret"];
export type NewIdentitySecret = Forms["NewIdentitySecret"];
export type AuditLine = Forms["AuditLine"];
export type Webhook = Forms["WebhookAnswer"];
export type ChannelQueue = Forms["ChannelQueue"];
export type QueueGroup = Forms["QueueGroup"];
export type Cap = Forms["Cap"];
export type QuietHours = Forms["QuietHours"];
export type CountryHours = Forms["CountryHoursAnswer"];
export type Provider = Forms["ProviderAnswer"];
export type ProviderType = Forms["ProviderTypeAnswer"];
export type ProviderRoute = Forms["RouteAnswer"];
export type NewWebhook = Forms["NewWebhook"];
export type PersonRow = Forms["PersonSummary"];
export type Person = Forms["PersonAnswer"];
export type ConsentRecord = Forms["ConsentRecordAnswer"];
export type Traits = Person["traits"];
export type PastEvent = Forms["PastEvent"];
export type Delivery = Forms["DeliveryAnswer"];
export type Message = Forms["MessageAnswer"];
export type TemplateSnippet = Forms["SnippetAnswer"];
export type Filled = Forms["MessagePreview"];
export type Outcome = Forms["Outcome"];
export type Money = Forms["Money"];
export type JourneyCounts = Forms["Counts"];
export type Totals = Forms["Totals"];
export type Run = Forms["RunAnswer"];
export type EventName = Forms["EventName"];
export type SegmentPoint = Forms["SegmentPoint"];
export type Explanation = Forms["Explanation"];
export type ExplainedPart = Forms["ExplainedPart"];
export type Version = Omit<Forms["VersionAnswer"], "rule"> & { rule: Rule };
export type Difference = Forms["DifferenceAnswer"];
export type PeopleList = Forms["ListAnswer"];
export type PreviewAnswer = Forms["PreviewAnswer"];
export type SegmentRow = Forms["SegmentRow"];
export type SegmentsReport = Forms["SegmentsReport"];
export type OverviewReport = Forms["OverviewReport"];
export type SkippedReport = Forms["SkippedReport"];
export type RfmReport = Forms["RfmReport"];

export type Where = { property: string; is: string; value?: unknown; where?: Where[] };
export type Moment = string | { ago: string } | { in: string };
export type Window =
  | { last: string }
  | { ago: [string, string] }
  | { calendar: string; zone?: string | null }
  | { from?: string | null; to?: string | null; zone?: string | null }
  | { after_first: string };
export type Step = { event: string; where?: Where[] };
/** What conditions hold. */
export type Amount = number | "" | Moment;
export type Behaviour = Step & {
  kind: "behaviour";
  aggregate?: string;
  property?: string | null;
  compare?: string;
  value?: Amount | [Amount, Amount];
  zone?: string | null;
  window?: Window | null;
};
export type Trait = { kind: "trait"; name: string; is: string; value?: unknown; where?: Where[] };
export type Lifecycle = Step & { kind: "lifecycle"; stage: string; window: Window };
export type MessageCondition = {
  kind: "message";
  did: string;
  compare?: string;
  value?: number | "" | [number | "", number | ""];
};
export type Fact = { kind: "person"; name: string; is: string; value?: unknown; default?: string | null };
export type DeviceTest = { name: string; is: string; value?: unknown };
export type Device = { kind: "device"; where: DeviceTest[] };
export type Circle = { latitude: number | ""; longitude: number | ""; radius: number | "" };
export type Corner = [number, number];
export type Area = { circle?: Circle | null; polygon?: Corner[] | "" | null };
/** A condition of any kind: which fields it has the server says (`FieldForm`); above are those that go together. */
export type Condition = { kind: string; [field: string]: unknown };
export type KindForm = Forms["KindForm"];
export type FieldForm = Forms["FieldForm"];
export type Role = Forms["Role"];
export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | Condition;
export type Segment = Omit<Forms["SegmentAnswer"], "rule"> & { rule: Rule };

/** A node of any kind: which fields it has, and which of them are edges, the server says. */
export type Node = { id: string; kind: string; [field: string]: unknown };
export type Graph = {
  entry: {
    event: string;
    key?: string | null;
    where?: Where[];
    reentry?: string;
    late?: "skip" | "enter" | null;
    present?: boolean;
  };
  exits?: { event: string; match?: string | null }[];
  goal?: { event: string; within?: string } | null;
  nodes: Node[];
  start: string;
};
export type Journey = Omit<Forms["Journey"], "graph"> & { graph: Graph };

export type Phone = {
  name: string;
  subscriptions: number;
  pushes: number;
  texts: number;
  services: string[];
  last_received_at: number;
};
export type Push = {
  id: number;
  phone: string;
  title: string;
  body: string;
  image: string;
  url: string;
  buttons: { title: string; url: string }[];
  /** `browser`, `apns` or `fcm`. */
  service: string;
  receipts: Record<string, string>;
  is_silent: boolean;
  received_at: number;
};
export type TextMessage = {
  id: number;
  phone: string;
  number: string;
  sender: string;
  body: string;
  parts: number;
  encoding: string;
  way: "to_phone" | "from_phone";
  received_at: number;
};
export type ReceivedWebhook = {
  id: number;
  hook: string;
  method: string;
  query: string;
  headers: Record<string, string>;
  body: string;
  is_signed: boolean | null;
  webhook_id: string;
  status: number;
  received_at: number;
  repeats: number;
};
export type Mail = {
  id: number;
  address: string;
  from: string;
  to: string;
  subject: string;
  preview: string;
  received_at: number;
};
export type MailPage = Omit<Mail, "preview"> & { text: string; html_url: string | null };
export type Health = {
  status: string;
  behind?: number;
  settled_at?: number;
  now?: number;
  lag_ms?: number;
  late?: boolean;
  detail?: string;
  push_paused?: PushPause[];
  providers_down?: PushPause[];
  backlogged?: TooFast[];
};
export type TooFast = { app: number; unsettled: number; requests_waiting: number; refused: number };
export type PushPause = { service: string; since: number; next_try: number; detail: string };
