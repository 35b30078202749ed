import { navigation } from '../../strings/navigation.ts';

export const newTemplate = { back: navigation.templates, title: 'New template', action: 'Create' };
