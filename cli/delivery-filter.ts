import { Option } from '@commander-js/extra-typings';
import { apiCommand } from './command.ts';

const STATES = [
  ...(['pending', 'delivering', 'retrying', 'blocked', 'parked', 'held', 'succeeded', 'dead', 'cancelled'] as const),
];

/** A command about the deliveries that a filter finds. */
export function deliveriesCommand<Name extends string>(name: Name, description: string) {
  return apiCommand(name, description)
    .addOption(new Option('--state <state...>', 'only those in these states').choices(STATES))
    .option('--status <status>', 'only those whose last attempt was answered so: 503, or 5xx')
    .option('--integration <id>', 'only those of this integration')
    .option('--subscription <id>', 'only those of this subscription')
    .option('--endpoint <id>', 'only those to this endpoint')
    .option('--event <id>', 'only those of this event')
    .option('--pass <id>', 'only those of this pass')
    .option('--trigger <trigger>', 'only those of subscriptions to this trigger: pass.installed');
}

interface GivenFilter {
  readonly state?: readonly string[] | undefined;
  readonly status?: string | undefined;
  readonly integration?: string | undefined;
  readonly subscription?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly event?: string | undefined;
  readonly pass?: string | undefined;
  readonly trigger?: string | undefined;
}

/** The query of a filter's options. */
export function filterOf(given: GivenFilter) {
  const { state, status, integration, subscription, endpoint, event, pass, trigger } = given;
  return {
    ...(state && { state: state.join(',') }),
    ...(status && { status }),
    ...(integration && { integrationId: integration }),
    ...(subscription && { subscriptionId: subscription }),
    ...(endpoint && { endpointId: endpoint }),
    ...(event && { eventId: event }),
    ...(pass && { passId: pass }),
    ...(trigger && { trigger: trigger as never }), // the API checks it, and names those that there are
  };
}
