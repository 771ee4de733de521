import type { ApiClient } from "../api/client";
import { problemOf } from "../api/problem";
import { failed, newTurn, reduce, stopped, type Turn } from "./turn";

interface Run {
  turn: Turn;
  controller: AbortController;
}

export interface AskOptions {
  question: string;
  conversationId: string | null;
  /** Called as soon as the server has named the conversation. */
  onConversation: (id: string) => void;
  /** Called with the turn when nothing more will come. */
  onSettled: (turn: Turn) => void;
}

/** The turns under way, by conversation: an answer goes on while another conversation is read. */
export class TurnRuns {
  private readonly runs = new Map<string, Run>();
  private readonly listeners = new Set<() => void>();
  private readonly client: Pick<ApiClient, "ask">;
  private count = 0;

  constructor(client: Pick<ApiClient, "ask">) {
    this.client = client;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The turn under way in a conversation, or in the one that has no id yet. */
  turnIn(conversationId: string | null): Turn | null {
    return this.runs.get(conversationId ?? "")?.turn ?? null;
  }

  stop(conversationId: string | null): void {
    this.runs.get(conversationId ?? "")?.controller.abort();
  }

  stopAll(): void {
    for (const run of this.runs.values()) run.controller.abort();
  }

  async ask({ question, conversationId, onConversation, onSettled }: AskOptions): Promise<void> {
    if (this.runs.has(conversationId ?? "")) return;
    this.count += 1;
    const controller = new AbortController();
    let turn = newTurn(`live-${this.count}`, question, conversationId);
    let at = conversationId ?? "";
    const show = (next: Turn) => {
      turn = next;
      this.runs.set(at, { turn, controller });
      this.notify();
    };
    show(turn);
    try {
      const { signal } = controller;
      for await (const event of this.client.ask({ question, conversationId, signal })) {
        if (event.type === "RUN_STARTED" && event.threadId !== at) {
          this.runs.delete(at);
          at = event.threadId;
          onConversation(at);
        }
        show(reduce(turn, event));
      }
      // A stream that just ends, without its closing event, was cut off.
      if (turn.isRunning) throw new TypeError("the stream was cut off");
    } catch (error) {
      turn = controller.signal.aborted ? stopped(turn) : failed(turn, problemOf(error));
    }
    onSettled(turn);
    this.runs.delete(at);
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
