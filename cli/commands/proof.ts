import { writeFileSync } from 'node:fs';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf } from '../command.ts';
import { CommandFailed, EXIT } from '../exit.ts';
import { localTime, type Output, printable } from '../output.ts';
import { dataOf } from '../session.ts';

type Proof = Schemas['Proof'];

const SIGNATURE_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** `deliveries proof`: the statement, and with `--out` a signed proof in two files that `verify` reads. */
export const proof = apiCommand(
  'proof',
  'say whether an event was delivered somewhere, when, with which body, and how it was answered',
)
  .argument('<event>')
  .option('--subscription <id>', 'to this subscription')
  .option('--endpoint <id>', 'to this endpoint')
  .option('--url <url>', 'to this URL')
  .option('--body', 'the body itself too')
  .option('--out <file>', "write the proof, signed with the integration's key; its headers go to <file>.headers")
  .addHelpText(
    'after',
    `
Name one of --subscription, --endpoint and --url, or none: anywhere. Exit code 1: it was not delivered.

  passwire deliveries proof evt_... --subscription sub_... --out proof.json
  PASSWIRE_SECRET=whsec_... passwire verify --headers proof.json.headers --body proof.json`,
  )
  .action(async (id, { subscription, endpoint, url, body, out, ...options }) => {
    const { client, output, scope } = contextOf(options);
    const query = {
      ...scope,
      ...(subscription && { subscriptionId: subscription }),
      ...(endpoint && { endpointId: endpoint }),
      ...(url && { url }),
      ...(body && { include: 'body' as const }),
      ...(out && { sign: 'true' as const }),
    };
    // as text: a signature is over the exact bytes
    const answer = await client.GET('/v1/events/{id}/proof', { params: { path: { id }, query }, parseAs: 'text' });
    const text = String(await dataOf(Promise.resolve(answer)));
    const proven = JSON.parse(text) as Proof;
    if (out) {
      write(out, text);
      write(
        `${out}.headers`,
        SIGNATURE_HEADERS.map((name) => `${name}: ${answer.response.headers.get(name) ?? ''}\n`).join(''),
      );
      output.note(`Written to ${out} and ${out}.headers.`);
    }
    show(output, proven);
    if (!proven.delivered) throw new CommandFailed('Not delivered.');
  });

function show(output: Output, { statement, deliveries, ...rest }: Proof): void {
  output.object({ statement, deliveries, ...rest });
  output.text(printable(statement));
  for (const { id, attempts, body } of deliveries) {
    output.text(`\n${id}`);
    for (const { number, startedAt, status, failure } of attempts) {
      output.text(`  attempt ${number}  ${localTime(startedAt)}  ${status ?? failure ?? 'nothing sent'}`);
    }
    if (body?.text) output.text(printable(body.text));
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandFailed(
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.usage,
    );
  }
}
