import { defineScenario, type RegistrationMode, registrationModes, simulate, verdictSentences } from 'ringproof';

/**
 * A fifth mode as a row: the hand-over of Standard (the old binding goes once the new one is committed), but app and
 * push server share an instance-id, so that it also works where only one binding is allowed. It sounds right.
 */
const sharedStandard: RegistrationMode = {
  ...registrationModes.standard,
  number: null,
  name: 'sharedStandard',
  title: 'Standard with a shared instance-id',
  sharesInstance: true,
};

/** The same without the un-REGISTER, which names the instance and so removes what has just been registered. */
const corrected: RegistrationMode = { ...sharedStandard, name: 'corrected', title: 'Corrected', release: 'never' };

for (const mode of [sharedStandard, corrected]) {
  const scenario = defineScenario(
    {
      name: 'call-in-background',
      title: 'Call after the hand-over to the push server',
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: '20s', do: 'dial', call: 1 },
      ],
    },
    { mode, server: 'instance' },
  );
  console.log(`${mode.title}: ${verdictSentences(simulate(scenario, 1)).join(' ')}`);
}
