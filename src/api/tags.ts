/** The resources of the API, as the document groups them. */
export const TAGS = {
  search: 'Finding what an id or a name belongs to.',
  stream: 'Changes as they happen, as server-sent events.',
  events: 'What happened to passes, posted by the pass platform.',
  deliveries: 'An event on its way to a subscription, with its attempts.',
  replays: 'Sending many deliveries again: counted first, then at a rate, with progress.',
  'dead-letters': 'Deliveries that failed permanently.',
  erasures: 'Erasing what is stored about a pass.',
  subscriptions: 'Which trigger of which template is sent to which URL, and with which fields.',
  stats: 'What was sent and how it ended, and what waits, in numbers.',
  endpoints: 'An integration together with one URL: health, breaker and limits.',
  integrations: 'A receiving system of a tenant: dialect, secrets, headers, limits.',
  templates: 'Pass templates with the fields of their passes.',
  dialects: 'The webhook formats that integrations can use.',
  tenants: 'Owners of everything above.',
  'api-keys': 'Keys of this API.',
  portal: "A tenant's console inside the platform's own page.",
  audit: 'Who changed what, and when.',
  console: 'Signing in with a browser, and what the caller may do.',
  health: 'Liveness and readiness, without a key.',
} as const satisfies Readonly<Record<string, string>>;

export type Tag = keyof typeof TAGS;
