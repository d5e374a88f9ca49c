import { z } from 'zod';
import { longestWaitMs, messageSchemas, mostBytes, type Side } from './controlMessages.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });

const problem = (description: string) => ({
  description,
  ...json({ $ref: '#/components/schemas/Problem' }),
});

const schemaOf = (side: Side): object => {
  const { $schema: _, ...schema } = z.toJSONSchema(messageSchemas[side], { io: 'input' });
  return schema;
};

const user = {
  name: 'user',
  in: 'path',
  required: true,
  description: 'The user part of the account, such as test1',
  schema: { type: 'string' },
};

/** The interface as OpenAPI 3.1 has it, whose schemas are JSON Schema 2020-12. */
export const openApi = (version: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'Ringproof: app and push server apart',
    version,
    license: { name: 'MIT', identifier: 'MIT' },
    description:
      'Where `ringproof live` plays only one side (`--only`), the other one is yours. What your side says to this one is posted, one message at a time and in order; what this one says is asked for. A run begins with the first question. With `--only pushServer` you post AppMessage and get PushServerMessage, with `--only app` the other way round.',
  },
  servers: [
    { url: 'http://127.0.0.1:{port}', variables: { port: { default: '8080', description: '--control-port' } } },
  ],
  paths: {
    '/accounts/{user}/messages': {
      parameters: [user],
      post: {
        operationId: 'say',
        summary: 'Your side says something',
        requestBody: {
          required: true,
          description: `At most ${mostBytes} bytes`,
          ...json({
            anyOf: [{ $ref: '#/components/schemas/AppMessage' }, { $ref: '#/components/schemas/PushServerMessage' }],
          }),
        },
        responses: {
          202: { description: 'It has been heard', ...json({ type: 'object', additionalProperties: false }) },
          400: problem('No message of your side'),
          404: problem('No run of that account goes on, or there is no such path'),
          405: problem('A method other than GET and POST'),
          413: problem('Too long'),
          415: problem('No JSON'),
        },
      },
      get: {
        operationId: 'ask',
        summary: 'What this side has said to yours',
        parameters: [
          {
            name: 'after',
            in: 'query',
            description: 'The number of the last message that you have; it and those before it are forgotten',
            schema: { type: 'integer', minimum: 0, default: 0 },
          },
          {
            name: 'waitMs',
            in: 'query',
            description: 'How long to wait where there is none',
            schema: { type: 'integer', minimum: 0, maximum: longestWaitMs, default: 0 },
          },
        ],
        responses: {
          200: {
            description: 'The messages after that one, in order',
            ...json({
              type: 'object',
              required: ['messages'],
              additionalProperties: false,
              properties: { messages: { type: 'array', items: { $ref: '#/components/schemas/Numbered' } } },
            }),
          },
          400: problem('A parameter that is none'),
          404: problem('No run of that account goes on, or there is no such path'),
        },
      },
    },
  },
  components: {
    schemas: {
      Problem: {
        type: 'object',
        required: ['error'],
        additionalProperties: false,
        properties: { error: { type: 'string', description: 'What was found and what was expected' } },
      },
      Numbered: {
        type: 'object',
        required: ['number', 'message'],
        additionalProperties: false,
        properties: {
          number: { type: 'integer', minimum: 1, description: 'Counts up from 1 within a run' },
          message: {
            anyOf: [{ $ref: '#/components/schemas/AppMessage' }, { $ref: '#/components/schemas/PushServerMessage' }],
          },
        },
      },
      AppMessage: schemaOf('app'),
      PushServerMessage: schemaOf('pushServer'),
    },
  },
});
