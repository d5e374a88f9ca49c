import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type KeyAction, keyName } from '../keys.ts';
import { Modal } from '../Modal.tsx';
import { actionsNow, found } from './actions.ts';
import { showsPalette, typed } from './store.ts';

const optionId = (index: number): string => `action-${index}`;

interface OptionProps {
  readonly action: KeyAction;
  readonly index: number;
  readonly isSelected: boolean;
  readonly onChoose: (index: number) => void;
}

const Option = ({ action: [keys, what], index, isSelected, onChoose }: OptionProps) => (
  // The field keeps the focus and says which one is selected.
  <button
    type="button"
    id={optionId(index)}
    role="option"
    tabIndex={-1}
    aria-selected={isSelected}
    onClick={() => onChoose(index)}
  >
    <span>{what}</span>
    {keys.map((key) => (
      <kbd key={key}>{keyName(key)}</kbd>
    ))}
  </button>
);

const Open = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [at, setAt] = useState(0);
  const actions = found(actionsNow(), typed.value);
  useLayoutEffect(() => {
    document.getElementById(optionId(at))?.scrollIntoView({ block: 'nearest' });
  }, [at, typed.value]);
  const act = (index: number) => {
    // What it does may lead the focus elsewhere: the palette gives it back first.
    dialog.current?.close();
    actions[index]?.[2]();
  };
  const select = (index: number) => setAt(Math.min(actions.length - 1, Math.max(0, index)));
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => select(at + 1),
    ArrowUp: () => select(at - 1),
    PageDown: () => select(at + 8),
    PageUp: () => select(at - 8),
    Enter: () => act(at),
  };
  return (
    <Modal
      class="palette"
      dialog={dialog}
      label="Actions"
      onClose={() => {
        showsPalette.value = false;
      }}
    >
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="actions"
        aria-activedescendant={actions.length > 0 ? optionId(at) : undefined}
        aria-label="Find an action"
        placeholder="What do you want to do?"
        value={typed.value}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
          setAt(0);
        }}
        onKeyDown={(event) => {
          const move = moves[event.key];
          if (move === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          move();
        }}
      />
      <div id="actions" role="listbox" aria-label="Actions">
        {actions.map((action, index) => (
          <Option key={action[1]} action={action} index={index} isSelected={index === at} onChoose={act} />
        ))}
      </div>
      {actions.length === 0 && <p class="soft">Nothing here has these words.</p>}
    </Modal>
  );
};

/** Everything that can be done, found by its words: who knows no key yet learns it here. */
export const Palette = () => (showsPalette.value ? <Open /> : null);
