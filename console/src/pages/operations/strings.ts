import { navigation } from '../../strings/navigation.ts';

export const operations = {
  title: navigation.operations,
};
