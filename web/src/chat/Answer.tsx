import { useState } from "react";
import type { FileFormat } from "../api/shapes";
import { ChartEdit } from "../chart/edit/ChartEdit";
import { ResultCard } from "../chart/ResultCard";
import { saveFile } from "../chart/saveFile";
import { type KeptTurn, PinButton, PinMessage, type Pinning } from "../pinning/PinButton";
import { ReceiptDisclosure } from "../receipt/ReceiptDisclosure";
import { useServices } from "../services";
import { Markdown } from "../ui/Markdown";
import { VerifiedBadge } from "../verified/VerifiedBadge";
import { useIsAtLeast } from "../workspace/queries";
import type { Turn } from "./turn";

interface AnswerProps {
  /** The turn as the server keeps it; null while it is under way. */
  kept: KeptTurn | null;
  turn: Turn;
  /** What is said of it. */
  text: string;
  /** Asks for the chart to be drawn differently; null where that can't be asked now. */
  edit: ((words: string) => void) | null;
}

/** The answer proper. Loaded on its own, ahead of the first answer: the first screen shows none. */
export default function Answer({ kept, turn, text, edit }: AnswerProps) {
  const { isRunning, chart, result, receipt, verified } = turn;
  const { api } = useServices();
  const download = async (resultId: string, format: FileFormat) =>
    saveFile(await api.resultFile(resultId, format));
  const [pinning, setPinning] = useState<Pinning | null>(null);
  const canPin = useIsAtLeast("member");
  const isPinnable = kept !== null && chart !== null && canPin;
  const hasResult = chart !== null || (result !== null && result.columns.length > 0);
  return (
    <>
      {verified && <VerifiedBadge verified={verified} question={turn.question} />}
      {hasResult && (
        <ResultCard
          chart={chart}
          result={result}
          isRunning={isRunning}
          download={download}
          actions={
            <>
              {edit && chart && <ChartEdit chart={chart} onEdit={edit} />}
              {isPinnable && <PinButton turn={kept} onChange={setPinning} />}
            </>
          }
          foot={isPinnable && <PinMessage pinning={pinning} />}
        />
      )}
      {text && <Markdown text={text} />}
      {receipt && <ReceiptDisclosure receipt={receipt} />}
    </>
  );
}
