import { useEffect, useRef } from 'preact/hooks';
import type { CallTrace, TracedMessage } from '../../../audit/tracedCall.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import { useSize } from '../size.ts';
import { boot } from '../store.ts';
import { callIndex, chooseCall, chooseMessage, shownCall, shownMessage } from './store.ts';

const rowHeight = 30;
const dateWidth = 76;
/** A lane that were narrower would have no room for an address: the ladder scrolls then. */
const leastLane = 144;

const CallButton = ({ trace: { aor, call }, index }: { trace: CallTrace; index: number }) => (
  <li>
    <button type="button" aria-pressed={callIndex.value === index} onClick={() => chooseCall(index)}>
      <b class={call.outcome === 'lost' ? 'bad' : ''}>{call.outcome}</b> {aor}
      <small>
        {call.result}; {call.why}
      </small>
    </button>
  </li>
);

/** The calls that are shown, with what became of them. */
const CallList = () => {
  const capture = boot.value.capture;
  if (capture === null) return null;
  return (
    <section class="panel" aria-label="Calls">
      <h1 class={capture.isBad ? 'bad' : ''}>{capture.headline}</h1>
      <p class="soft">{capture.files.join(', ')}</p>
      {capture.notes.map((note) => (
        <p class="soft" key={note}>
          {note}
        </p>
      ))}
      <ol class="calls">
        {capture.calls.map((trace, index) => (
          <CallButton key={trace.call.callId} trace={trace} index={index} />
        ))}
      </ol>
    </section>
  );
};

/** Where the lanes are. */
const places = ({ lanes }: CallTrace, width: number): ReadonlyMap<string, number> =>
  new Map(
    lanes.map(([lane], index) => [lane, dateWidth + ((width - dateWidth) * (index + 0.5)) / Math.max(1, lanes.length)]),
  );

/** Who is registered, beside the SIP server: as on the ladder of a run. */
const Band = ({ message, x, top }: { message: TracedMessage; x: number; top: number }) => {
  const { registered } = message;
  if (registered === 'unknown') return null;
  const [isApp, isPush] = [
    registered === 'app' || registered === 'both',
    registered === 'pushServer' || registered === 'both',
  ];
  return (
    <g>
      {isApp && <rect class="fill-app" x={x - 5} y={top} width="5" height={rowHeight} />}
      {isPush && <rect class="fill-push" x={x} y={top} width="5" height={rowHeight} />}
      {registered === 'nobody' && <rect class="nobody-band" x={x - 3} y={top} width="6" height={rowHeight} />}
    </g>
  );
};

const Arrow = ({ message, xs, y }: { message: TracedMessage; xs: ReadonlyMap<string, number>; y: number }) => {
  const [from, to] = [xs.get(message.from), xs.get(message.to)];
  if (from === undefined || to === undefined || from === to) return null;
  const isRefusal = /^(4(?!0[17])|5|6)\d\d /.test(message.label);
  const side = to > from ? -6 : 6;
  return (
    <g class={`message sip heard${isRefusal ? ' refusal' : ''}`}>
      <path class="arrow" d={`M${from - side} ${y}L${to + side} ${y}`} marker-end="url(#tip-ink)" />
      <text class="label" x={(from + to) / 2} y={y - 5} text-anchor="middle">
        {message.label}
        {message.isRetransmission && (
          <tspan class="remark" dx="6">
            again
          </tspan>
        )}
      </text>
    </g>
  );
};

/** What the colours at the SIP server mean. */
const Legend = ({ registered: [app, pushServer] }: Pick<CallTrace, 'registered'>) => (
  <p class="soft capture-legend">
    registered:
    <i class="app" /> {app}
    <i class="push" /> {pushServer}
    <i class="nobody" /> nobody
  </p>
);

/** The messages of the call from top to bottom. */
const CaptureLadder = ({ trace }: { trace: CallTrace }) => {
  const { ref, width: given } = useSize<HTMLDivElement>();
  const width = Math.max(dateWidth + trace.lanes.length * leastLane, given);
  const { lanes, messages } = trace;
  const xs = places(trace, width);
  const height = messages.length * rowHeight + 16;
  const rows = useRef<HTMLOListElement>(null);
  const selected = shownMessage.value === null ? -1 : messages.indexOf(shownMessage.value);
  useEffect(() => {
    rows.current?.querySelector('[aria-current="step"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected, trace]);
  return (
    <>
      <div class="capture-box" ref={ref}>
        <div class="capture-heads" style={{ width: `${width}px` }}>
          {lanes.map(([lane, title]) => (
            <b key={lane} title={title} style={{ left: `${xs.get(lane) ?? 0}px`, maxWidth: `${leastLane}px` }}>
              {title}
            </b>
          ))}
        </div>
        <div class="ladder" style={{ height: `${height}px`, width: `${width}px` }}>
          <svg class="art" width={width} height={height} aria-hidden="true">
            {selected >= 0 && <rect class="selected" x="0" y={selected * rowHeight} width={width} height={rowHeight} />}
            {lanes.map(([lane]) => (
              <path key={lane} class="capture-line" d={`M${xs.get(lane) ?? 0} 0V${height}`} />
            ))}
            {messages.map((message, index) => (
              <Band key={index} message={message} x={xs.get('sipServer') ?? 0} top={index * rowHeight} />
            ))}
            {messages.map((message, index) => (
              <Arrow key={index} message={message} xs={xs} y={index * rowHeight + rowHeight - 7} />
            ))}
          </svg>
          <ol aria-label="Messages" ref={rows}>
            {messages.map((message, index) => (
              <li key={index} style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}>
                <button
                  type="button"
                  tabIndex={index === selected ? 0 : -1}
                  aria-current={index === selected ? 'step' : undefined}
                  onClick={() => chooseMessage(index)}
                  onKeyDown={(event) => {
                    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                    if (by === undefined) return;
                    event.preventDefault();
                    chooseMessage(index + by);
                    const next = event.currentTarget.closest('ol')?.children[index + by]?.querySelector('button');
                    next?.focus();
                  }}
                >
                  <span class="date">{secondsText(message.atMs)}</span>
                  <span class="unseen">
                    {' '}
                    s. {message.from} to {message.to}: {message.label}, registered: {message.registered}
                  </span>
                </button>
              </li>
            ))}
          </ol>
        </div>
      </div>
      <Legend registered={trace.registered} />
    </>
  );
};

const MessagePanel = ({ trace: { call } }: { trace: CallTrace }) => {
  const message = shownMessage.value;
  const files = boot.value.capture?.files ?? [];
  return (
    <section class="panel" aria-label="Message">
      <h2>{call.why}</h2>
      <p class="soft">
        Call-ID {call.callId}, {new Date(call.invitedAtMs).toISOString()}
      </p>
      {message !== null && (
        <>
          <h3>
            {message.label}: frame {message.frame}
            {files.length > 1 ? ` of ${files[message.file]}` : ''}
          </h3>
          <pre>{message.text}</pre>
        </>
      )}
    </section>
  );
};

/** Calls of a capture of real traffic: what became of them, their messages, and the text of each. */
export const CapturePage = () => {
  const trace = shownCall.value;
  return (
    <main class="live capture">
      <CallList />
      <section class="panel capture-ladder" aria-label="Ladder">
        {trace !== null && <CaptureLadder trace={trace} />}
      </section>
      {trace !== null && <MessagePanel trace={trace} />}
    </main>
  );
};
