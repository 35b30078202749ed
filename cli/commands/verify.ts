import { Command } from '@commander-js/extra-typings';
import { outputOf } from '../command.ts';
import { CommandFailed, EXIT } from '../exit.ts';
import { nameOf, readInput } from '../input.ts';
import { wholeNumber } from '../pages.ts';
import { type Finding, headersOf, verifyWebhook } from '../verify-webhook.ts';

const TOLERANCE_S = 300;

export const verify = new Command('verify')
  .description('say whether a received webhook, or a signed proof, is genuine, and if not, why')
  .requiredOption('--headers <file>', 'the headers as received, one `Name: value` a line')
  .requiredOption('--body <file>', 'the body as received, byte for byte; - for the standard input')
  .option('--tolerance <seconds>', 'how far the timestamp may be from now', wholeNumber, TOLERANCE_S)
  .option('--json', 'a JSON document for machines')
  .addHelpText(
    'after',
    `
The secret comes from PASSWIRE_SECRET: \`whsec_...\` of an integration, or \`whpk_...\`, its public key. It is no
option, because every process could see it.

  curl -s https://hooks.example.com/last -D headers.txt -o body.json
  PASSWIRE_SECRET=whsec_... passwire verify --headers headers.txt --body body.json`,
  )
  .action(async ({ headers, body, tolerance, ...options }) => {
    const secret = process.env.PASSWIRE_SECRET;
    if (!secret) throw new CommandFailed('Set PASSWIRE_SECRET to the secret of the integration.', EXIT.usage);
    const text = await readInput(headers);
    if (text.trim() === '') throw new CommandFailed(`${nameOf(headers)} has no headers.`, EXIT.usage);
    const findings = verifyWebhook({
      headers: headersOf(text),
      body: await readInput(body),
      secret,
      nowMs: Date.now(),
      toleranceS: tolerance,
    });
    const output = outputOf(options);
    const isGenuine = findings.every(({ ok }) => ok);
    if (output.json) output.object({ genuine: isGenuine, findings });
    for (const finding of findings) output.text(line(finding, output.paint));
    if (!isGenuine) throw new CommandFailed('Not genuine.');
    output.text(output.paint('green', 'Genuine.'));
  });

function line({ ok, detail }: Finding, paint: ReturnType<typeof outputOf>['paint']): string {
  return `${ok ? paint('green', 'ok   ') : paint('red', 'wrong')} ${detail}`;
}
