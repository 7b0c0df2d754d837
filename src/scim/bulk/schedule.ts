/**
 * The order in which operations run: as they were sent, except that an operation that refers to a later one comes right
 * after it. Operations that refer to each other in a circle are one step.
 *
 * The time is linear in the number of operations and references (Tarjan's strongly connected components, without
 * recursion, since chains can be as long as the request).
 *
 * @param targets the positions of the operations that each one refers to
 * @returns the steps: positions, more than one for a circle
 */
export function schedule(targets: readonly (readonly number[])[]): number[][] {
  const steps = components(targets);
  const stepOf = new Map(steps.flatMap((step, index) => step.map((position) => [position, index] as const)));
  const places: number[] = [];
  steps.forEach((step, index) => {
    const needed = step
      .flatMap((position) => targets[position] ?? [])
      .map((each) => stepOf.get(each) ?? index);
    // The steps that this one refers to come before it in `steps`.
    const waits = needed.filter((each) => each !== index).map((each) => places[each] ?? 0);
    places.push(largest([...step, ...waits]));
  });
  const order = steps.map((step, index) => ({ step, index, place: places[index] ?? 0 }));
  order.sort((a, b) => a.place - b.place || a.index - b.index);
  return order.map(({ step }) => step.sort((a, b) => a - b));
}

const largest = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.max(a, b), 0);

/** Strongly connected components, each after those that it refers to. */
function components(targets: readonly (readonly number[])[]): number[][] {
  const found: number[][] = [];
  const number = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const enter = (node: number) => {
    number.set(node, number.size);
    low.set(node, number.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, next: 0 };
  };
  const lower = (node: number, to: number | undefined) => {
    low.set(node, Math.min(low.get(node) ?? 0, to ?? Infinity));
  };
  const leave = (node: number) => {
    if (low.get(node) !== number.get(node)) return;
    const component = open.splice(open.lastIndexOf(node));
    for (const each of component) isOpen.delete(each);
    found.push(component);
  };
  for (let start = 0; start < targets.length; start += 1) {
    if (number.has(start)) continue;
    const path = [enter(start)];
    for (let frame = path.at(-1); frame; frame = path.at(-1)) {
      const target = targets[frame.node]?.[frame.next];
      if (target === undefined) {
        leave(frame.node);
        path.pop();
        const parent = path.at(-1);
        if (parent) lower(parent.node, low.get(frame.node));
      } else {
        frame.next += 1;
        if (!number.has(target)) path.push(enter(target));
        else if (isOpen.has(target)) lower(frame.node, number.get(target));
      }
    }
  }
  return found;
}
