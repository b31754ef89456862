import { defineTexts } from '@valero/ui';
import { german } from './texts.de.ts';
import { english } from './texts.en.ts';

export const fibuTexts = defineTexts(german, english);
