/** Where an event goes: each target is one endpoint, reached by the template that only its subscription asks for. */
export interface Target {
  readonly key: string;
  readonly tenant: number;
  readonly templateId: string;
}

/** An update of a pass, as a producer posts it: about 500 bytes. `run` and `number` make its id. */
export function postedEvent(target: Target, run: string, number: number): object {
  const passId = `pass-${run}-${number}`;
  return {
    id: `${run}-${number}`,
    type: 'pass.updated',
    templateId: target.templateId,
    occurredAt: '2026-03-01T12:00:00Z',
    pass: {
      id: passId,
      userProvidedId: `Store-${number}`,
      expiresAt: '2026-12-31T23:59:59Z',
      barcode: { format: 'qr', value: '1234567890' },
      fields: { 'loyalty-points': 120, 'member-name': 'Jane Smith' },
      links: { page: `https://passes.example.com/${passId}`, download: `https://passes.example.com/${passId}.pkpass` },
    },
    changes: { fields: { 'loyalty-points': 150 } },
  };
}

/** The number that `postedEvent` gave, read from the body of its delivery in the standard dialect. */
export function numberIn(body: string, run: string): number | undefined {
  const { data } = JSON.parse(body) as { readonly data?: { readonly producerId?: string } };
  const id = data?.producerId;
  return id?.startsWith(`${run}-`) ? Number(id.slice(run.length + 1)) : undefined;
}
