/** Keeps a plot of uPlot as wide as its element and in the colours of the page. */
import uPlot from '../uplot/uPlot.esm.js';

/** A colour of the page. @param {string} name */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** What the axes of all plots have. */
export function axisStyle() {
  return {
    stroke: colour('soft'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
}

/**
 * Draws once the element has a width, and again when that or the colours change.
 * @param {any} element @param {(width: number) => [object, any[]]} make options and data
 */
export function mountPlot(element, make) {
  let chart = null;
  const draw = () => {
    if (!element.isConnected || element.clientWidth === 0) return;
    chart?.destroy();
    element.replaceChildren();
    chart = new uPlot(...make(element.clientWidth), element);
  };
  const watch = new ResizeObserver(() => {
    if (!element.isConnected) {
      watch.disconnect();
      document.removeEventListener('colours', draw);
      chart?.destroy();
    } else if (chart === null || chart.width !== element.clientWidth) draw();
  });
  watch.observe(element);
  document.addEventListener('colours', draw);
}
