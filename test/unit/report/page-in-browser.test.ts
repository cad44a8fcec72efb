/** The page in a real browser: Debian's Chromium, which `.ci/run` installs. Where there is none these tests are passed over. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunMetrics } from '../../../src/metrics/run-metrics.ts';
import { reportPage } from '../../../src/report/page.ts';
import { plotsOf } from '../../../src/report/page-plots.ts';
import { type ResultDocument, resultDocument } from '../../../src/report/result-document.ts';
import { readScenario } from '../../../src/scenario/read-scenario.ts';
import { runScenario } from '../../../src/scenario/runner.ts';

const BROWSER = '/usr/bin/chromium';

/** How bright the text and the paper are, from 0 to 765; a text of the page's language, which is not this file's. */
const INK_AND_PAPER = `(() => {
  const brightness = (colour) => colour.match(/\\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b, 0);
  const probe = document.createElement('div');
  probe.style.color = 'Canvas';
  document.body.append(probe);
  return [brightness(getComputedStyle(document.body).color), brightness(getComputedStyle(probe).color)];
})()`;

describe.runIf(existsSync(BROWSER))('the report page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-page-'));
  const file = join(folder, 'report.html');
  const scenario = readScenario(join(import.meta.dirname, '../../../scenarios/node-crash.yaml'));
  let browser: Browser;
  let document: ResultDocument;

  beforeAll(async () => {
    const metrics = new RunMetrics(scenario.durationUs);
    document = resultDocument(runScenario(scenario, { observers: [metrics] }), metrics);
    writeFileSync(file, reportPage(document));
    browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Whatever the page complains of, and whatever it asks of a network, ends up in `complaints`. */
  async function open(colorScheme: 'light' | 'dark'): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 900 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('request', (request) => request.url().startsWith('file:') || complaints.push(`asked for ${request.url()}`));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  test.each(['light', 'dark'] as const)('it draws every plot from disk without a network or a complaint, %s', async (scheme) => {
    const { page, complaints } = await open(scheme);
    expect(await page.locator('#plots canvas').count()).toBe(plotsOf(document).length);
    expect(await page.locator('.answer strong').textContent()).toBe('as expected');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('its ink is dark on light and light on dark', async () => {
    const inks = await Promise.all(
      (['light', 'dark'] as const).map(async (scheme) => {
        const { page } = await open(scheme);
        const [ink, paper] = (await page.evaluate(INK_AND_PAPER)) as [number, number];
        await page.close();
        return ink < paper ? 'dark on light' : 'light on dark';
      }),
    );
    expect(inks).toEqual(['dark on light', 'light on dark']);
  });

  test('a filter leaves the rows that have its text', async () => {
    const { page } = await open('light');
    await page.locator('#events summary').click();
    const rows = page.locator('#events tbody tr');
    const all = await rows.count();
    await page.locator('#events .filter').fill('NodeNotReady');
    const visible = await rows.evaluateAll((list) =>
      list.filter((row) => !(row as { hidden?: boolean }).hidden).map((row) => row.textContent),
    );
    expect(visible.length).toBeGreaterThan(0);
    expect(visible.length).toBeLessThan(all);
    expect(visible.every((text) => text?.includes('NodeNotReady'))).toBe(true);
    await page.close();
  });
});
