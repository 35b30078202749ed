import type { ChangeTogether, ConfigurationStores } from '../../ports/configuration.ts';
import type { Database } from '../database.ts';
import { changeTogether } from './change-configuration.ts';
import { createIntegrationStore } from './integrations.ts';
import { createSubscriptionStore } from './subscriptions.ts';
import { createTemplateStore } from './templates.ts';
import { createConfigSource } from './tenant-config.ts';

export function createConfigurationStores(db: Database): ConfigurationStores {
  return {
    templates: createTemplateStore(db),
    integrations: createIntegrationStore(db),
    subscriptions: createSubscriptionStore(db),
    configSource: createConfigSource(db),
  };
}

export function createChangeTogether(db: Database): ChangeTogether {
  return (tenantId, work) => changeTogether(db, tenantId, (bound) => work(createConfigurationStores(bound)));
}
