declare module 'virtual:charts' {
  const charts: readonly import('../charts/chart.ts').Chart[];
  export default charts;
}
