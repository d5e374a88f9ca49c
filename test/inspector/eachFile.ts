import { afterAll, afterEach } from 'vitest';
import { closeInspectors, closePages } from './browser.ts';

afterEach(closePages);
afterAll(closeInspectors);
