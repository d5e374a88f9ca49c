import { describe, expect, test } from 'vitest';
import { app, pushServer, Traffic } from '../support/traffic.ts';
import { found } from './support.ts';

const other = { address: '203.0.113.77', port: 5060 };

/** The same REGISTER twice; the registrar lists one contact in its own words. */
const twice = (contact: string, listed: string, contactParams: string) => {
  const answerHeaders = [`Contact: ${listed};expires=600`];
  const options = { contact, contactParams, listed: [], answerHeaders };
  return new Traffic().register(0, app, options).register(30_000, app, options);
};

describe('a registrar that writes a contact down in its own words', () => {
  const instance = ';+sip.instance="<urn:a>"';
  test.each([
    ['without transport', 'sip:alice@203.0.113.5:49152;ob;transport=TCP', '<sip:alice@203.0.113.5:49152;ob>', ''],
    ['without the default port', 'sip:alice@203.0.113.5:5060', '<sip:alice@203.0.113.5>', ''],
    ['with the address it came from', 'sip:alice@10.1.1.4:5062', '<sip:alice@203.0.113.5:49152>', ''],
    ['with that address as a parameter', 'sip:x@10.1.1.4', '<sip:x@10.1.1.9>;received="sip:203.0.113.5:49152"', ''],
    ['by its instance-id', 'sip:alice@10.1.1.4', `<sip:y@sbc.example.org>${instance}`, instance],
    ['as nobody would expect', 'sip:alice@10.1.1.4', '<sip:alice@sbc.example.org:5080>', ''],
  ])('%s has one device', async (_, contact, listed, contactParams) => {
    const { sides, doubles, registers } = await found(twice(contact, listed, contactParams), {});
    expect(sides).toHaveLength(1);
    expect(doubles).toEqual([]);
    expect(registers).toMatchObject({ bound: 1, refreshed: 1 });
  });

  test('and un-REGISTERs it by the name that it was given: that is the mode, and no replacement', async () => {
    const own = { contact: 'sip:alice@192.168.1.7:5062' };
    const listed = ['Contact: <sip:alice@203.0.113.5:49152>;expires=600'];
    const traffic = new Traffic()
      .register(0, app, { ...own, listed: [], answerHeaders: listed })
      .unregister(10_000, app, own)
      .call(10_100, { final: '480 Temporarily Unavailable', finalMs: 20 })
      .register(10_200, pushServer);
    const { mode, losses } = await found(traffic);
    expect(mode.mode).toBe('singleDeviceEmulation');
    expect(losses[0]?.why).toMatch(/^nobody was registered: the app had begun to un-REGISTER 0\.100 s before/);
  });

  test('calls its devices by that name, and what answers there is the device', async () => {
    const traffic = new Traffic().register(0, app, {
      contact: 'sip:alice@192.168.1.7:5062',
      listed: [],
      answerHeaders: ['Contact: <sip:alice@203.0.113.5:49152>;expires=600'],
    });
    const { verdict, calls } = await found(traffic.call(5_000, { to: [app] }));
    expect({ verdict, answered: calls.answered }).toEqual({ verdict: 'nothingLost', answered: 1 });
  });
});

describe('devices whose roles nobody has told', () => {
  const both = () => new Traffic().register(0, app).register(5_000, other, { listed: [app, other] });

  test('are two devices, and nothing has failed', async () => {
    const { verdict, doubles } = await found(both().call(20_000, { to: [app, other] }), {});
    expect(doubles).toMatchObject([{ areKnown: false, sides: ['203.0.113.5:49152', '203.0.113.77:5060'] }]);
    expect(verdict).toBe('nothingLost');
  });

  test('are at fault as soon as one is said to be the push server', async () => {
    const { verdict, doubles } = await found(both(), { known: { pushServer: { address: other.address, port: null } } });
    expect(doubles).toMatchObject([{ areKnown: true }]);
    expect(verdict).toBe('lossesFound');
  });

  test('with the same private address in two homes are two', async () => {
    const home = { contact: 'sip:alice@192.168.1.7:5062', listed: [] };
    const { sides } = await found(new Traffic().register(0, app, home).register(5_000, other, home), {});
    expect(sides).toHaveLength(2);
  });

  test('that are started anew on the same host are one', async () => {
    const later = { address: app.address, port: 50_000 };
    const traffic = new Traffic().register(0, later).register(10_000, app, { listed: [app, later] });
    expect((await found(traffic, {})).sides).toHaveLength(1);
  });
});

test('a registration without any call is nothing to be glad of', async () => {
  const { verdict, incomplete } = await found(new Traffic().register(0, app));
  expect({ verdict, incomplete }).toEqual({ verdict: 'cannotTell', incomplete: ['no call was judged'] });
});
