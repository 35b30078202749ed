import { Option } from '@commander-js/extra-typings';
import { apiCommand } from './command.ts';

const STATES = [
  ...(['pending', 'delivering', 'retrying', 'blocked', 'parked', 'held', 'succeeded', 'dead', 'cancelled'] as const),
];

const stateOption = new Option('--state <state...>', 'only those in these states').choices(STATES);

/** A command about what a filter finds: by what streams know too. */
function filteredCommand<Name extends string>(name: Name, description: string) {
  return apiCommand(name, description)
    .option('--status <status>', 'only those whose last attempt was answered so: 503, or 5xx')
    .option('--integration <id>', 'only those of this integration')
    .option('--subscription <id>', 'only those of this subscription')
    .option('--endpoint <id>', 'only those to this endpoint')
    .option('--event <id>', 'only those of this event')
    .option('--pass <id>', 'only those of this pass')
    .option('--trigger <trigger>', 'only those of subscriptions to this trigger: pass.installed');
}

/** A command about deliveries as they change. */
export function watchCommand<Name extends string>(name: Name, description: string) {
  return filteredCommand(name, description).addOption(stateOption);
}

/** A command about what is stored: deliveries or dead letters. */
export function storedCommand<Name extends string>(name: Name, description: string) {
  return filteredCommand(name, description)
    .option('--template <id>', 'only those of events of this template, by its id or external id')
    .option('--url <beginning>', 'only those to URLs that begin so, or are at this host')
    .option('--failure <kind>', 'only those whose last attempt got no answer in this way: timeout')
    .option('--user <id>', "only those of passes that have this id, the customer's own")
    .option('--tracking <id>', 'only those of events with this tracking id')
    .option('--producer <id>', "only those of the event with this id, the producer's own")
    .option('--attempted-after <instant>', 'only those whose last attempt began then or later')
    .option('--attempted-before <instant>', 'only those whose last attempt began before then')
    .option('--after <instant>', 'only those created at this instant or later: 2026-05-04T09:30:00Z')
    .option('--before <instant>', 'only those created before this instant; default: now');
}

/** A command about stored deliveries. */
export function deliveriesCommand<Name extends string>(name: Name, description: string) {
  return storedCommand(name, description).addOption(stateOption);
}

type FilteredOptions = Partial<
  Record<'status' | 'integration' | 'subscription' | 'endpoint' | 'event' | 'pass' | 'trigger', string | undefined>
>;
type StoredOptions = FilteredOptions &
  Partial<
    Record<
      | 'template'
      | 'url'
      | 'failure'
      | 'user'
      | 'tracking'
      | 'producer'
      | 'attemptedAfter'
      | 'attemptedBefore'
      | 'after'
      | 'before',
      string | undefined
    >
  >;

/** The members of a request that streams know too. */
export function filterOf({ state, ...given }: FilteredOptions & { readonly state?: readonly string[] | undefined }) {
  return { ...(state && { state: state.join(',') }), ...commonOf(given) };
}

/** The members of a request about what is stored, without states. */
export function storedFilterOf(given: StoredOptions) {
  const { template, url, failure, user, tracking, producer, attemptedAfter, attemptedBefore, after, before } = given;
  return {
    ...commonOf(given),
    ...(template && { templateId: template }),
    ...(url && { url }),
    // the API checks it, and names those that there are
    ...(failure && { failure: failure as never }),
    ...(user && { userProvidedId: user }),
    ...(tracking && { trackingId: tracking }),
    ...(producer && { producerId: producer }),
    ...(attemptedAfter && { attemptedAfter }),
    ...(attemptedBefore && { attemptedBefore }),
    ...(after && { after }),
    ...(before && { before }),
  };
}

function commonOf({ status, integration, subscription, endpoint, event, pass, trigger }: FilteredOptions) {
  return {
    ...(status && { status }),
    ...(integration && { integrationId: integration }),
    ...(subscription && { subscriptionId: subscription }),
    ...(endpoint && { endpointId: endpoint }),
    ...(event && { eventId: event }),
    ...(pass && { passId: pass }),
    ...(trigger && { trigger: trigger as never }), // as with `failure`
  };
}
