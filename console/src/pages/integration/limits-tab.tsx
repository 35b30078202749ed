import { NumberInput } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { IntegrationForm } from './integration-form.tsx';
import { integration } from './strings.ts';

const text = integration.limits;
type Limits = Schemas['Limits'];

const membersOf = ({ limits }: Schemas['Integration']): { readonly limits: Limits } => ({ limits });
const given = (value: number | string): number | undefined => (typeof value === 'number' ? value : undefined);

/** What each endpoint of the integration is sent at most. */
export function LimitsTab(props: { readonly integration: Schemas['Integration'] }) {
  return (
    <IntegrationForm integration={props.integration} membersOf={membersOf}>
      {({ limits }, change, isReadOnly) => (
        <>
          <NumberInput
            label={text.maxInFlight}
            description={text.maxInFlightHint}
            value={limits.maxInFlight ?? ''}
            min={1}
            max={200}
            allowDecimal={false}
            hideControls
            readOnly={isReadOnly}
            onChange={(value) => change({ limits: limitsOf(given(value), limits.ratePerSecond) })}
          />
          <NumberInput
            label={text.rate}
            description={text.rateHint}
            value={limits.ratePerSecond ?? ''}
            min={0.1}
            max={1000}
            hideControls
            readOnly={isReadOnly}
            onChange={(value) => change({ limits: limitsOf(limits.maxInFlight, given(value)) })}
          />
        </>
      )}
    </IntegrationForm>
  );
}

function limitsOf(maxInFlight: number | undefined, ratePerSecond: number | undefined): Limits {
  return {
    ...(maxInFlight !== undefined && { maxInFlight }),
    ...(ratePerSecond !== undefined && { ratePerSecond }),
  };
}
