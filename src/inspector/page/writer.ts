import { toMermaid } from '../../sim/report/mermaid.ts';
import { toPlantUml } from '../../sim/report/plantuml.ts';
import type { TraceBody } from '../../sim/trace/trace.ts';
import { regressionTest } from '../model/export/regression.ts';
import { scenarioFile } from '../model/export/scenarioFile.ts';
import { fileHtml } from '../model/singleFile.ts';
import { answering } from '../model/worker.ts';
import { rawSip } from '../wire/rawSip.ts';

/** The texts that a run is written as. Few readers want one, so this is a worker of its own, loaded when one is asked for. */
const texts = {
  mermaid: (trace: TraceBody) => `${toMermaid(trace)}\n`,
  plantUml: (trace: TraceBody) => `${toPlantUml(trace)}\n`,
  regressionTest,
  scenarioFile,
  rawSip,
  fileHtml,
};

export type Texts = typeof texts;

answering(texts);
