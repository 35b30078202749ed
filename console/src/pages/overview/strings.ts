import { navigation } from '../../strings/navigation.ts';

const REASONS: Readonly<Record<string, string>> = {
  requested: 'a person switched it off',
  paused: 'a person paused the endpoint',
  gone: 'the receiver answered 410 Gone',
  failing: 'it failed for too long',
};

function because(reason: string | null): string {
  return (reason !== null && REASONS[reason]) || 'for an unknown reason';
}

export const overview = {
  title: navigation.overview,
  period: 'Period',
  periods: { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' },
  nothing: 'Nothing was sent in this period.',
  nothingText: 'Widen it, or send a test.',
  setUp: 'Set up an integration',
  attention: {
    title: 'Needs attention',
    none: 'Nothing needs attention.',
    label: {
      'endpoint-disabled': 'Disabled',
      'endpoint-failing': 'Failing',
      'subscription-disabled': 'Disabled',
      'secret-expires': 'Secret ends',
      'deprecated-trigger': 'Deprecated',
    },
    endpointDisabled: (endpoint: string, reason: string | null) =>
      `${endpoint} is disabled: ${because(reason)}. Nothing is sent to it until it is enabled.`,
    endpointFailing: (endpoint: string, since: string, disables: string) =>
      `${endpoint} has been failing since ${since}. It is disabled on ${disables} if it goes on.`,
    subscriptionDisabled: (trigger: string, endpoint: string, reason: string | null) =>
      `${trigger} to ${endpoint} is disabled: ${because(reason)}.`,
    secretExpires: (integration: string, at: string) =>
      `The replaced secret of ${integration} signs until ${at}. Its receiver must know the new one by then.`,
    deprecatedTrigger: (trigger: string, integration: string, advice: string) =>
      `${integration} is subscribed to ${trigger}. ${advice}`,
  },
};
