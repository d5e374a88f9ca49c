import { answers } from '../model/requests.ts';
import { serve } from './serve.ts';

serve(answers);
