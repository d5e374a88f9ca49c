import { answers } from '../model/requests.ts';
import { answering } from '../model/worker.ts';

answering(answers);
