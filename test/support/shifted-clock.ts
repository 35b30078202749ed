// Imported ahead of a process (`--import`): its clock differs from that of this machine by CLOCK_SHIFT_MS.

const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const MachineDate = Date;

class ShiftedDate extends MachineDate {
  constructor(...parts: ConstructorParameters<DateConstructor> | []) {
    if (parts.length === 0) super(ShiftedDate.now());
    else super(...parts);
  }

  static override now(): number {
    return MachineDate.now() + shiftMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
