import { useEffect, useState } from 'react';

let last: Promise<void> = Promise.resolve();

/** Resolves after the next frame has been painted. */
function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** False until it is this chart's turn: drawing one takes tens of milliseconds, and several at once would block input. */
export function useTurn(): boolean {
  const [isTurn, setTurn] = useState(false);
  useEffect(() => {
    let isWanted = true;
    last = last.then(painted).then(() => {
      if (isWanted) setTurn(true);
    });
    return () => {
      isWanted = false;
    };
  }, []);
  return isTurn;
}
